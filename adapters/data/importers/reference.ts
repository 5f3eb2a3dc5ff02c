import type { Task } from '../../../contract/task.js';
import { cpuLimitFor, type EvalPlusRow, type ReferenceAnswer } from '../../../core/data/evalplus.js';
import type { SandboxVerifier } from '../../sandbox/verifier.js';
import { verifyAll } from '../verify-all.js';

const defaultLimitMs = 1000;
/** Inputs that EvalPlus calls extreme keep a reference busy for tens of seconds. */
const answerLimits = { cpuLimitMs: 180_000, memoryBytes: 2 * 1024 * 1024 * 1024 };

/** What a row's reference answers: agreed on by two runs with other hash seeds, clocks and entropy. */
export const answersOf = async (
  sandbox: SandboxVerifier,
  row: EvalPlusRow,
): Promise<{ answers: ReferenceAnswer[]; cpuLimitMs: number | undefined }> => {
  const calls = [...row.shown, ...row.hidden].map((call) => call.arguments);
  const programs: [string, string] = [row.checked, row.program];
  const { answers, cpuMs } = await sandbox.answers({ programs, entryPoint: row.entryPoint, calls }, answerLimits);
  const [checked = [], plain = []] = answers;
  const agreed = checked.map((answer, at): ReferenceAnswer => {
    const again = plain[at];
    if ('lost' in answer || !again || row.form === 'set' || row.form === 'root') return answer;
    return JSON.stringify(again) === JSON.stringify(answer) ? answer : { lost: 'another answer in a second run' };
  });
  return { answers: agreed, cpuLimitMs: cpuLimitFor(cpuMs[1] ?? 0, defaultLimitMs) };
};

const measureLimits = { cpuLimitMs: 120_000, memoryBytes: 512 * 1024 * 1024 };

/**
 * A task with the CPU limit that its reference needs, where that is more than a quarter of the default; one that names
 * a limit keeps it.
 */
export const withCpuLimit = async (sandbox: SandboxVerifier, task: Task): Promise<Task> => {
  if (task.cpuLimitMs !== undefined || task.reference === undefined) return task;
  // Measured without the bug, for a reference that equals it is not run.
  const { buggy: _, ...problem } = task;
  const { verdict, cpuMs } = await sandbox.measure(problem as Task, measureLimits);
  const cpuLimitMs = verdict === 'pass' ? cpuLimitFor(cpuMs, defaultLimitMs) : undefined;
  return cpuLimitMs === undefined ? task : { ...task, cpuLimitMs };
};

/** Why a task can't be used, by running it: its reference has to pass, its bug to fail. */
export const proveTask = async (
  verifier: SandboxVerifier,
  given: Task,
): Promise<{ task: Task } | { reason: string }> => {
  const task = await withCpuLimit(verifier, given);
  const programs = [task.reference, ...(task.buggy === undefined ? [] : [task.buggy])];
  // Judged without the bug: a reference that equals it would come out as unchanged.
  const { buggy: _, ...problem } = task;
  const [reference, bug] = await verifyAll(
    verifier,
    programs.map((program, index) => ({ task: problem, index, program })),
  );
  if (reference?.verdict !== 'pass') {
    const failed = reference?.tests.find(({ outcome }) => outcome !== 'ok');
    const where = failed ? ` at ${failed.hidden ? 'hiddenTests' : 'tests'}[${failed.index}]` : '';
    return { reason: `can't be judged: its reference does not pass its own tests (${reference?.reason}${where})` };
  }
  if (bug && bug.verdict !== 'fail') return { reason: `its buggy program passes all tests (${bug.verdict})` };
  return { task };
};
