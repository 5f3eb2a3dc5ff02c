import type { VerifyLimits } from '../../activities/ports.js';
import type { Weakening } from '../../adapters/sandbox/isolation.js';
import { openVerifier, type SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import { campaignConfigSchema } from '../../contract/config.js';
import { InputError } from '../../contract/failures.js';
import type { Sample } from '../../contract/sample.js';
import type { Verdict } from '../../contract/verdict.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { type BadLine, type PlacedTask, readSamples, readTasksById, surveyWork } from './inputs.js';
import { PartialFile } from './partial-file.js';

export interface VerifyRequest {
  tasks: string;
  samples: string;
  output: string;
  allowWeakIsolation: readonly Weakening[];
  /** Verdicts of earlier runs, by the digest of what decides them. */
  cacheDir?: string;
  onBad: (bad: BadLine) => void;
  onProgress: (counts: VerifyCounts) => void;
  signal: AbortSignal;
}

export interface VerifyCounts {
  judged: number;
  /** Judged by an earlier run that was interrupted; counted in `judged` too. */
  resumed: number;
  pass: number;
  fail: number;
  none: number;
  reasons: Record<string, number>;
  /** How many verdicts flipped between a candidate's two runs, by task. */
  flakyTasks: Record<string, number>;
  bad: number;
  /** Rows of the samples file. */
  total: number;
}

/** Samples in the sandbox or waiting for it, and verdicts waiting for an earlier one: bounds memory, not speed. */
const window = 64;

const programOf = (sample: Sample): string | undefined => {
  if ('program' in sample && typeof sample.program === 'string') return sample.program;
  const parsed = parseCompletion(String(sample.completion));
  return parsed.ok ? parsed.program : undefined;
};

const noCounts = (): VerifyCounts => ({
  judged: 0,
  resumed: 0,
  pass: 0,
  fail: 0,
  none: 0,
  reasons: {},
  flakyTasks: {},
  bad: 0,
  total: 0,
});

const count = (counts: VerifyCounts, { taskId, verdict, reason }: Verdict): void => {
  counts.judged += 1;
  counts[verdict] += 1;
  counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
  if (reason === 'flaky') counts.flakyTasks[taskId] = (counts.flakyTasks[taskId] ?? 0) + 1;
};

/** Tasks whose tests can't be read are bad lines of the task file, told once; their samples then are too. */
const taskChecker = (verifier: SandboxVerifier, onBad: (bad: BadLine) => void) => {
  const checked = new Map<string, Promise<boolean>>();
  const check = async ({ task, place }: PlacedTask): Promise<boolean> => {
    const reason = await verifier.checkTask(task);
    if (reason !== undefined) onBad({ place, reason });
    return reason === undefined;
  };
  return (placed: PlacedTask): Promise<boolean> => {
    const answer = checked.get(placed.task.id) ?? check(placed);
    checked.set(placed.task.id, answer);
    return answer;
  };
};

/** Verdicts of a samples file, in its order; samples that an earlier run judged are passed over. */
async function* judge(
  verifier: SandboxVerifier,
  request: VerifyRequest,
  tasks: ReadonlyMap<string, PlacedTask>,
  limits: VerifyLimits,
  skip: number,
): AsyncGenerator<Verdict> {
  const isGood = taskChecker(verifier, request.onBad);
  const pending: Promise<Verdict | undefined>[] = [];
  const start = async (sample: Sample, placed: PlacedTask): Promise<Verdict | undefined> => {
    const candidate = { task: placed.task, index: sample.index, program: programOf(sample) };
    return (await verifier.verify([candidate], limits, { signal: request.signal }))[0];
  };
  let toSkip = skip;
  for await (const { sample, placed, place } of readSamples(request.samples, tasks, request.onBad)) {
    if (!(await isGood(placed))) {
      request.onBad({ place, reason: `task ${placed.task.id} can't be judged: see ${placed.place}` });
    } else if (toSkip > 0) toSkip -= 1;
    else pending.push(quiet(start(sample, placed)));
    const next = pending.length >= window ? await pending.shift() : undefined;
    if (next) yield next;
  }
  for (const verdict of pending) {
    const next = await verdict;
    if (next) yield next;
  }
}

/** A failure is met when its turn comes; until then it must not count as unhandled. */
const quiet = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => {});
  return promise;
};

/**
 * Judges a samples file against a tasks file and writes the verdicts. An interrupted run is continued by the same request.
 * @throws InputError when a file can't be read, or nothing in it can be judged.
 */
export const verifyFile = async (request: VerifyRequest): Promise<VerifyCounts & { isolation: string }> => {
  const limits = campaignConfigSchema.shape.verify.parse(undefined);
  const counts = noCounts();
  const onBad = (bad: BadLine): void => {
    counts.bad += 1;
    request.onBad(bad);
  };
  const work = await surveyWork([request.tasks, request.samples], [request.allowWeakIsolation, limits]);
  const tasks = await readTasksById(request.tasks, onBad);
  if (tasks.size === 0) throw new InputError(`${request.tasks}: holds no task`);
  counts.total = work.rows[1] ?? 0;
  const verifier = await openVerifier({
    allowWeakIsolation: request.allowWeakIsolation,
    ...(request.cacheDir !== undefined && { cacheDir: request.cacheDir }),
  });
  const partial = await PartialFile.open(request.output, work.digest);
  try {
    for (const verdict of partial.earlier) count(counts, verdict);
    counts.resumed = partial.earlier.length;
    for await (const verdict of judge(verifier, { ...request, onBad }, tasks, limits, partial.earlier.length)) {
      await partial.append(verdict);
      count(counts, verdict);
      request.onProgress(counts);
    }
    if (counts.judged === 0) throw new InputError(`${request.samples}: holds no sample that can be judged`);
  } catch (error) {
    await partial.leave();
    throw error;
  } finally {
    await verifier.close();
  }
  await partial.finish();
  return { ...counts, isolation: verifier.isolation };
};
