import type { Candidate, Verifier } from '../../../activities/ports.js';
import { buildTasks } from '../../../adapters/data/build.js';
import { openProgramReader, type ProgramReader } from '../../../adapters/data/program-reader.js';
import type { ReferenceRunner } from '../../../adapters/data/reference-runner.js';
import { InputError } from '../../../contract/failures.js';
import type { Task } from '../../../contract/task.js';
import type { Reason } from '../../../contract/verdict.js';

let reader: ProgramReader;
beforeAll(() => {
  reader = openProgramReader();
});
afterAll(() => reader.close());

/** Judges by a rule on the program alone, in place of the sandbox. */
const judge = (rule: (candidate: Candidate) => Reason, seen: Candidate[] = []): Verifier => ({
  verify: async (candidates) =>
    candidates.map((candidate) => {
      seen.push(candidate);
      const reason = rule(candidate);
      const verdict = { ok: 'pass', infrastructure: 'none' }[reason as string] ?? 'fail';
      return {
        taskId: candidate.task.id,
        index: candidate.index,
        verdict: verdict as 'pass' | 'fail' | 'none',
        reason,
        tests: [
          ...candidate.task.tests.map((_, index) => ({ index, hidden: false, outcome: reason })),
          ...(candidate.task.hiddenTests ?? []).map((text, index) => ({
            index,
            hidden: true,
            outcome: text.endsWith('== 3') ? ('assertion' as const) : reason,
          })),
        ],
        durationMs: 1,
        isolation: 'fake',
      };
    }),
  close: async () => undefined,
});
const isReference = ({ program, task }: Candidate): boolean => program === task.reference;
const allBugsFail = (seen?: Candidate[]) => judge((candidate) => (isReference(candidate) ? 'ok' : 'assertion'), seen);

const problem = (id: string, change: Partial<Task> = {}): Task => ({
  id,
  intent: 'Count the positive numbers up to a limit.',
  entryPoint: 'f',
  tests: ['assert f([1, 2, 9], 5) == 2'],
  hiddenTests: ['assert f([], 5) == 0'],
  reference: `def f(xs, n):\n    count = 0\n    for x in xs:\n        if x > 0 and x <= n:\n            count += 1\n    return count\n`,
  problemId: id,
  source: { dataset: 'd', license: 'MIT' },
  split: 'train',
  ...change,
});
const noAnswers: ReferenceRunner = async (jobs) => jobs.map(({ calls }) => calls.map(() => null));
const deps = () => ({ reader, runReferences: noAnswers });
const plan = { seed: '1', perProblem: 4 };

test('every problem gives its share of tasks, a few-shot problem one', async () => {
  const problems = [problem('a'), problem('b', { split: 'fewshot' })];
  const { tasks, refused } = await buildTasks(problems, plan, { ...deps(), verifier: allBugsFail() });
  expect(tasks.map(({ problemId }) => problemId)).toEqual(['a', 'a', 'a', 'a', 'b']);
  expect(refused).toEqual([]);
  expect(new Set(tasks.map(({ buggy }) => buggy)).size).toBeGreaterThan(3);
  expect(new Set(tasks.slice(0, 4).map(({ id }) => id.replace(/-\d+$/, ''))).size).toBe(4);
});

test('the same seed gives the same tasks, and more problems change none', async () => {
  const build = async (problems: Task[], seed: string) =>
    (await buildTasks(problems, { ...plan, seed }, { ...deps(), verifier: allBugsFail() })).tasks;
  const alone = await build([problem('a')], '1');
  expect(await build([problem('z'), problem('a')], '1')).toEqual(expect.arrayContaining(alone));
  expect(await build([problem('a')], '2')).not.toEqual(alone);
});

test('candidates run on the visible tests, references on all', async () => {
  const seen: Candidate[] = [];
  await buildTasks([problem('a')], plan, { ...deps(), verifier: allBugsFail(seen) });
  expect(seen.map((candidate) => [isReference(candidate), candidate.task.hiddenTests?.length ?? 0])).toEqual(
    seen.map((candidate) => (isReference(candidate) ? [true, 1] : [false, 0])),
  );
});

test('candidates are tried until enough fail, and those that pass are left out', async () => {
  const stricter = judge((candidate) =>
    isReference(candidate) || candidate.program?.includes('> 0') ? 'ok' : 'assertion',
  );
  const { tasks } = await buildTasks([problem('a')], plan, { ...deps(), verifier: stricter });
  expect(tasks).toHaveLength(4);
  expect(tasks.filter(({ buggy }) => buggy.includes('> 0'))).toEqual([]);
});

test('a problem without a usable bug or reference is refused with its reason', async () => {
  const rule = judge(({ program, task }) => (task.id === 'wrong' ? 'exception' : program ? 'ok' : 'unparsable'));
  const { reference: _, ...bare } = problem('bare');
  const problems = [problem('tame'), problem('wrong'), bare, problem('task', { buggy: 'x' })];
  const { tasks, refused } = await buildTasks(problems, plan, { ...deps(), verifier: rule });
  expect(tasks).toEqual([]);
  expect(refused).toEqual([
    { id: 'tame', reason: expect.stringMatching(/^none of \d+ candidate bugs fails a visible test$/) },
    { id: 'wrong', reason: 'its reference does not pass its own tests (exception)' },
    { id: 'bare', reason: 'it has no reference' },
    { id: 'task', reason: 'it is a repair task already: it has a buggy program' },
  ]);
});

test('no verdict is asked for again, and never counts as a failing program', async () => {
  const asked = new Map<string, number>();
  const shaky = judge((candidate) => {
    const times = (asked.get(candidate.program ?? '') ?? 0) + 1;
    asked.set(candidate.program ?? '', times);
    if (times === 1) return 'infrastructure';
    return isReference(candidate) ? 'ok' : 'assertion';
  });
  const steady = await buildTasks([problem('a')], plan, { ...deps(), verifier: allBugsFail() });
  expect(await buildTasks([problem('a')], plan, { ...deps(), verifier: shaky })).toEqual(steady);
  const broken = judge((candidate) => (isReference(candidate) ? 'ok' : 'infrastructure'));
  expect((await buildTasks([problem('a')], plan, { ...deps(), verifier: broken })).tasks).toEqual([]);
});

test('a limit draws problems by seed and keeps their order', async () => {
  const problems = Array.from({ length: 60 }, (_, at) => problem(`p${String(at).padStart(2, '0')}`));
  const seen: Candidate[] = [];
  const { tasks } = await buildTasks(problems, { ...plan, limit: 10 }, { ...deps(), verifier: allBugsFail(seen) });
  const ids = tasks.map(({ problemId }) => problemId);
  expect(ids).toHaveLength(10);
  expect(ids).toEqual([...ids].sort());
  expect(ids).not.toEqual(expect.arrayContaining(['p00', 'p01', 'p02']));
  expect(new Set(seen.map(({ task }) => task.id)).size).toBeLessThan(60);
});

test('a problem in two splits is refused by name before anything runs', async () => {
  const problems = [problem('a'), problem('b', { problemId: 'a', split: 'test' })];
  const attempt = buildTasks(problems, plan, { ...deps(), verifier: allBugsFail() });
  await expect(attempt).rejects.toThrow(InputError);
  await expect(attempt).rejects.toThrow('problem a stands in splits train and test');
});

describe('a problem without hidden tests', () => {
  const { hiddenTests: _, ...bare } = problem('bare');
  const answering: ReferenceRunner = async (jobs) => jobs.map(({ calls }) => calls.map((_, at) => `${at % 4}`));
  const build = (runReferences: ReferenceRunner) =>
    buildTasks([bare], plan, { reader, runReferences, verifier: allBugsFail() });

  test('gets them from what its reference answers and the verifier confirms, and says so', async () => {
    const { tasks } = await build(answering);
    expect(tasks[0]?.hiddenTests?.length).toBeGreaterThan(3);
    expect(tasks[0]?.hiddenTests?.[0]).toMatch(/^assert f\(\[.*\], \d+\) == \d$/);
    expect(tasks[0]).toMatchObject({ hiddenTestsFrom: 'reference' });
    expect(tasks[0]?.hiddenTests?.join()).not.toContain('== 3');
  });

  test('gets none from answers that differ between runs', async () => {
    const { tasks } = await build(async (jobs, hashSeed) => jobs.map(({ calls }) => calls.map(() => hashSeed)));
    expect(tasks[0]).not.toHaveProperty('hiddenTests');
    expect(tasks[0]).not.toHaveProperty('hiddenTestsFrom');
  });
});

test('a build goes on from what an earlier run found, and comes out the same', async () => {
  const problems = Array.from({ length: 30 }, (_, at) => problem(`p${at}`));
  const entries = new Map<string, unknown>();
  const journal = {
    earlier: new Map<string, unknown>(),
    append: async (key: string, value: unknown) => void entries.set(key, value),
  };
  const whole = await buildTasks(problems, plan, { ...deps(), verifier: allBugsFail(), journal });
  const half = new Map([...entries].slice(0, 17));
  const seen: Candidate[] = [];
  const resumed = { ...journal, earlier: half };
  expect(await buildTasks(problems, plan, { ...deps(), verifier: allBugsFail(seen), journal: resumed })).toEqual(whole);
  expect(new Set(seen.map(({ task }) => task.id)).size).toBe(13);
});

test('a build that is stopped records nothing of what it was doing', async () => {
  const controller = new AbortController();
  const stopping = judge(() => {
    controller.abort(new Error('stopped'));
    return 'assertion';
  });
  const entries: string[] = [];
  const journal = { earlier: new Map<string, unknown>(), append: async (key: string) => void entries.push(key) };
  const attempt = buildTasks([problem('a')], plan, {
    ...deps(),
    verifier: stopping,
    journal,
    signal: controller.signal,
  });
  await expect(attempt).rejects.toThrow('stopped');
  expect(entries).toEqual([]);
});
