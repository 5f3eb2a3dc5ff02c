import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type TaskTrace, taskTraceSchema } from '../../contract/trace.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { findJailPython } from './interpreter.js';
import type { Weakening } from './isolation.js';
import { tracerArgs, tracerCode } from './tracer-policy.js';
import type { TraceJob } from './tracer-wire.js';

/** Traces by the digest of all that they depend on: program, tests, limits, the tracer's code and its interpreter. */
export interface TraceCache {
  read(job: TraceJob, taskId: string): Promise<TaskTrace[] | undefined>;
  keep(job: TraceJob, traces: readonly TaskTrace[]): Promise<void>;
}

const tracesSchema = z.array(taskTraceSchema).min(1);

/** What was written to the end, else nothing: a cache's file that is cut or altered is as good as none. */
const checked = (content: string): TaskTrace[] | undefined => {
  const [digest, body = ''] = content.split('\n', 2);
  if (digest !== createHash('sha256').update(body).digest('hex')) return undefined;
  return tracesSchema.safeParse(JSON.parse(body)).data;
};

/**
 * Opens the cache in a folder. Files are renamed into place but not synced: one that a crash loses is traced again.
 * How a run ended by a limit depends on the machine's load; so it is not kept.
 */
export const openTraceCache = async (dir: string, accepted: readonly Weakening[]): Promise<TraceCache> => {
  const tracer = { code: tracerCode(), args: tracerArgs(accepted), python: (await findJailPython()).version };
  const pathOf = (job: TraceJob): string => {
    const hex = digestOfValue({ version: 1, tracer, job }).slice('sha256:'.length);
    return join(dir, hex.slice(0, 2), `${hex}.json`);
  };
  return {
    read: async (job, taskId) => {
      const content = await readFile(pathOf(job), 'utf8').catch(() => undefined);
      return content === undefined ? undefined : checked(content)?.map((trace) => ({ ...trace, taskId }));
    },
    keep: async (job, traces) => {
      if (traces.some(({ truncated }) => truncated === 'time' || truncated === 'memory')) return;
      const body = JSON.stringify(traces);
      const path = pathOf(job);
      const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, `${createHash('sha256').update(body).digest('hex')}\n${body}`);
      await rename(temporary, path);
    },
  };
};
