import type { TrainJob } from '../../activities/ports.js';
import type { FailureKind } from '../../contract/failures.js';
import type { TrainerLine } from '../../contract/train.js';
import type { ChildEnd } from './child.js';

type ErrorKind = (TrainerLine & { type: 'error' })['kind'];

const remedies: Record<ErrorKind, (job: TrainJob) => string> = {
  job: () => 'correct the trainer section of the configuration',
  examples: (job) => `look at ${job.examplesPath}, or raise trainer.maxTokens (now ${job.config.maxTokens})`,
  base: () => 'run `nextune doctor`, which checks the base model',
  locked: () => 'end the other trainer, or wait for it',
  'out-of-memory': (job) =>
    `close other programs (on a GPU, those that use it), or lower trainer.maxTokens (now ${job.config.maxTokens}) or trainer.rank (now ${job.config.rank}); CUDA_VISIBLE_DEVICES= in the environment trains on the CPU`,
  internal: () => 'run it again; if it fails at the same place, the log says where',
};

const cause = (end: ChildEnd, line: TrainerLine | undefined): { kind: ErrorKind; what: string } => {
  if (line?.type === 'error') return { kind: line.kind, what: line.message };
  // Nobody here sends SIGKILL to a job that was not stopped: the kernel does, when memory runs out.
  if (end.signal === 'SIGKILL')
    return { kind: 'out-of-memory', what: 'it was killed, most likely because memory ran out' };
  const how = end.signal ? `ended by ${end.signal}` : `exit status ${end.code}`;
  return { kind: 'internal', what: `${how} without a result` };
};

/** What is known of a run that gave no result. */
export interface FailedRun {
  end: ChildEnd;
  /** The last line of its output that was no progress. */
  line: TrainerLine | undefined;
  logPath: string;
  job: TrainJob;
}

/** Rows or settings that cannot be trained on stay so: a retry would only repeat them. */
export const failureKind = ({ end, line }: FailedRun): FailureKind => {
  const { kind } = cause(end, line);
  if (kind === 'examples') return 'dataInvalid';
  return kind === 'job' ? 'configInvalid' : 'trainerFailed';
};

/** One message: what happened, to what, what to do next, where the log is, and the end of standard error. */
export const explainEnd = ({ end, line, logPath, job }: FailedRun): string => {
  const { kind, what } = cause(end, line);
  const tail = end.stderrTail.trim();
  return [
    `fine-tuning failed (${kind}): ${what}`,
    `what to do: ${remedies[kind](job)}; log: ${logPath}`,
    ...(tail ? [`end of its messages:\n${tail}`] : []),
  ].join('\n');
};
