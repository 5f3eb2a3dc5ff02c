import { sampleRowSchema } from '../contract/rows.js';
import type { VerifyArgs, VerifyResult } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import type { Verdict } from '../contract/verdict.js';
import { parseCompletion } from '../core/prompt/parse.js';
import type { Deps } from './deps.js';
import type { Candidate, Work } from './ports.js';
import { eachRows, getRows, putRows } from './rows.js';

/** Judges a shard's samples in the sandbox. Verdicts are content; how long they took is kept apart. */
export const verify = async (deps: Deps, { samples, tasks, limits }: VerifyArgs, work: Work): Promise<VerifyResult> => {
  const began = performance.now();
  const verifier = await deps.verifier();
  const verdicts = await verifier.verify(await candidatesOf(deps, { samples, tasks }), limits, work);
  const count = (wanted: Verdict['verdict']): number => verdicts.filter(({ verdict }) => verdict === wanted).length;
  return {
    verdicts: await putRows(
      deps.store,
      verdicts.map(({ durationMs: _circumstance, ...content }) => content),
    ),
    durations: await putRows(
      deps.store,
      verdicts.map(({ taskId, index, durationMs }) => ({ taskId, index, durationMs })),
    ),
    counts: {
      pass: count('pass'),
      fail: count('fail'),
      none: count('none'),
      flaky: verdicts.filter(({ reason }) => reason === 'flaky').length,
    },
    verifyMs: Math.round(performance.now() - began),
  };
};

const candidatesOf = async (deps: Deps, { samples, tasks }: Omit<VerifyArgs, 'limits'>): Promise<Candidate[]> => {
  const byId = new Map((await getRows(deps.store, tasks, taskSchema)).map((task) => [task.id, task]));
  const candidates: Candidate[] = [];
  for await (const rows of eachRows(deps.store, [samples], sampleRowSchema)) {
    for (const { taskId, index, completion } of rows) {
      const task = byId.get(taskId);
      const parsed = parseCompletion(completion);
      if (task) candidates.push({ task, index, program: parsed.ok ? parsed.program : undefined });
    }
  }
  return candidates;
};
