import { type SampleRow, sampleRowSchema, type VerdictRow, verdictRowSchema } from '../../contract/rows.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { tally } from './check.js';
import type { SealedDraw } from './draws.js';
import type { AuditRecord } from './record.js';
import { type RowChecks, readRows } from './rows.js';

/** What a draw's rows come to, computed again, in little memory. */
export interface DrawTally {
  counts: Record<'samples' | 'parsed' | 'completionTokens' | 'pass' | 'fail' | 'none' | 'flaky', number>;
  /** A verdict a sample without what scoring does not need; task ids are shared, so it stays small. */
  verdicts: Pick<VerdictRow, 'taskId' | 'verdict' | 'reason'>[];
  /** `taskId`, line break, `index` of each sample that passed. */
  passed: Set<string>;
  /** False where some rows could not be read: then nothing computed from them is compared. */
  whole: boolean;
}

/** A row's name within its draw. */
export const rowKey = ({ taskId, index }: { taskId: string; index: number }): string => `${taskId}\n${index}`;

export interface DrawReading {
  link: string;
  draw: SealedDraw;
  /** Ids of the tasks asked; undefined where they are not known. */
  taskIds: ReadonlySet<string> | undefined;
  onRows?: ((rows: number) => void) | undefined;
}

/** Reads a draw shard by shard: each sample has its verdict beside it, and each row is what it says it is. */
export const readDraw = async (record: AuditRecord, checks: RowChecks, reading: DrawReading): Promise<DrawTally> => {
  const { link, draw, onRows } = reading;
  const so: DrawTally = {
    counts: { samples: 0, parsed: 0, completionTokens: 0, pass: 0, fail: 0, none: 0, flaky: 0 },
    verdicts: [],
    passed: new Set(),
    whole: true,
  };
  const next = new Map<string, number>();
  for (const [at, shard] of draw.shards.entries()) {
    const of = (what: string) => ({ link, what: `${draw.name} ${what}, shard ${at}` });
    const samples = await readRows(record, checks, { ref: shard.samples, schema: sampleRowSchema, ...of('samples') });
    const verdicts = await readRows(record, checks, {
      ref: shard.verdicts,
      schema: verdictRowSchema,
      ...of('verdicts'),
    });
    if (!samples || !verdicts) {
      so.whole = false;
      continue;
    }
    const fault = shardFault({ firstIndex: draw.firstIndex ?? 0, samples, verdicts, next, taskIds: reading.taskIds });
    const object = shard.verdicts.digest;
    tally(checks.rows, fault === undefined ? undefined : { link, object, what: `${of('verdicts').what}: ${fault}` });
    checks.rows.checked += samples.length - 1;
    samples.forEach((sample, row) => {
      addRow(so, sample, verdicts[row]);
    });
    onRows?.(samples.length);
  }
  return so;
};

const addRow = (so: DrawTally, sample: SampleRow, verdict: VerdictRow | undefined): void => {
  so.counts.samples++;
  so.counts.completionTokens += sample.completionTokens;
  if (sample.parsed) so.counts.parsed++;
  if (!verdict) return;
  so.counts[verdict.verdict]++;
  if (verdict.reason === 'flaky') so.counts.flaky++;
  so.verdicts.push({ taskId: sample.taskId, verdict: verdict.verdict, reason: verdict.reason });
  if (verdict.verdict === 'pass') so.passed.add(rowKey(sample));
};

interface Shard {
  samples: SampleRow[];
  verdicts: VerdictRow[];
  /** Of each task the index that must come next. */
  next: Map<string, number>;
  firstIndex: number;
  taskIds: ReadonlySet<string> | undefined;
}

const shardFault = ({ samples, verdicts, next, taskIds, firstIndex }: Shard): string | undefined => {
  if (samples.length !== verdicts.length) return `${verdicts.length} verdicts for ${samples.length} samples`;
  for (const [at, sample] of samples.entries()) {
    const { taskId, index } = sample;
    const verdict = verdicts[at];
    const named = `sample ${index} of task ${taskId}`;
    if (!verdict || rowKey(verdict) !== rowKey(sample)) return `row ${at + 1} is not the verdict of ${named}`;
    if (taskIds && !taskIds.has(taskId)) return `${named} answers no task that was asked`;
    const expected = next.get(taskId) ?? firstIndex;
    if (index !== expected) return `${named} stands where sample ${expected} belongs`;
    next.set(taskId, index + 1);
    const own = rowFault(sample, verdict);
    if (own !== undefined) return `${named}: ${own}`;
  }
  return undefined;
};

/** Three outcomes: pass goes with ok and with nothing else, none with infrastructure; unparsable with no program. */
const rowFault = (sample: SampleRow, { verdict, reason }: VerdictRow): string | undefined => {
  const expected = reason === 'ok' ? 'pass' : reason === 'infrastructure' ? 'none' : 'fail';
  if (verdict !== expected) return `verdict ${verdict} with reason ${reason}`;
  const { ok } = parseCompletion(sample.completion);
  if (ok !== sample.parsed) return `it is said ${sample.parsed ? '' : 'not '}to hold a program`;
  return !ok && verdict === 'pass' ? 'a pass without a program' : undefined;
};
