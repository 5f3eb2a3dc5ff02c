import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Candidate, Verifier } from '../../../activities/ports.js';
import { createOpenAiClient } from '../../../adapters/model/openai-client.js';
import { type BuildReport, buildData } from '../../../client/data/build.js';
import { openSamplingModel } from '../../../client/data/sampling-model.js';
import { modelConfigSchema } from '../../../contract/config.js';
import type { RepairTask, Task } from '../../../contract/task.js';
import { fakeDeps } from '../../fakes/deps.js';
import { type FakeEndpoint, startFakeEndpoint } from '../../fakes/endpoint.js';

const fence = '```';
const answer = (program: string): string => `${fence}python\n${program}\n${fence}\n`;
const add = (body: string): string => answer(`def add(a, b):\n    ${body}`);

/** What the model writes, by turns: right ones, wrong ones, copies, and answers that are none. */
const texts = [
  add('return a + b'),
  add('return b + a'),
  add('return a - b'),
  add('return a - b  # the same'),
  add('c = a - b\n    return c'),
  add('return a * b'),
  answer('def other(a, b):\n    return 1'),
  'I would add them.',
];

const problem = (id: string): Task => ({
  id,
  intent: `Return the sum of two numbers (${id}).`,
  entryPoint: 'add',
  reference: 'def add(a, b):\n    return a + b\n',
  tests: ['assert add(1, 2) == 3', 'assert add(2, 2) == 4'],
  hiddenTests: ['1, 5', '3, 3', '9, 1', '4, 4'].map(
    (pair) => `assert add(${pair}) == ${pair.split(', ').reduce((sum, one) => sum + Number(one), 0)}`,
  ),
  problemId: id,
  source: { dataset: 'fake', license: 'MIT' },
  split: 'train',
});

/** In place of the sandbox: programs are known by their operator, and all the tests are additions. */
const rightly = (program: string): boolean => program.includes('+');
const verdictOf = ({ task, index, program = '' }: Candidate) => {
  const outcomes = [...task.tests, ...(task.hiddenTests ?? [])].map((test, at) => {
    const ok = rightly(program) || (program.includes('*') && test.includes('(2, 2)'));
    return { index: at, hidden: at >= task.tests.length, outcome: ok ? ('ok' as const) : ('assertion' as const) };
  });
  const passes = outcomes.every(({ outcome }) => outcome === 'ok');
  return {
    taskId: task.id,
    index,
    verdict: passes ? ('pass' as const) : ('fail' as const),
    reason: passes ? ('ok' as const) : ('assertion' as const),
    tests: outcomes,
    durationMs: 1,
    isolation: 'fake',
  };
};

// Each starts Python processes.
jest.setTimeout(300_000);

describe('a build by a model', () => {
  let endpoint: FakeEndpoint;
  let dir: string;
  let deps: ReturnType<typeof fakeDeps>;
  const output = (name: string) => join(dir, name);

  beforeEach(async () => {
    endpoint = await startFakeEndpoint([]);
    let turn = 0;
    endpoint.write = () => texts[turn++ % texts.length] ?? '';
    const client = { baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 2, timeoutMs: 60_000 };
    deps = fakeDeps(createOpenAiClient(client));
    dir = await mkdtemp(join(tmpdir(), 'nextune-by-model-'));
    await writeFile(
      join(dir, 'p.jsonl'),
      ['a', 'b', 'c', 'd', 'e'].map((id) => `${JSON.stringify(problem(id))}\n`).join(''),
    );
  });
  afterEach(async () => {
    await endpoint.close();
    await rm(dir, { recursive: true });
    await rm(deps.dir, { recursive: true });
  });

  const modelConfig = modelConfigSchema.parse({ kind: 'openai', baseUrl: 'http://127.0.0.1:1/v1', name: 'small' });
  const build = async (
    name: string,
    { verify, signal }: { verify?: Verifier['verify']; signal?: AbortSignal } = {},
  ): Promise<BuildReport> => {
    const sampling = { temperature: 0.8, topP: 0.95, maxTokens: 100 };
    const plan = { seed: '1', samples: 8, sampling };
    const solver = await openSamplingModel(deps, { name: 'small', modelConfig, trained: [] }, plan, {
      onRetry: () => {},
    });
    const verifier: Verifier = {
      verify: verify ?? (async (candidates) => candidates.map(verdictOf)),
      close: async () => undefined,
    };
    const request = { paths: [join(dir, 'p.jsonl')], output: output(name), seed: '1', perProblem: 4 };
    return await buildData(request, { openVerifier: async () => verifier, solver, ...(signal && { signal }) });
  };
  const askedTimes = (): number => [...endpoint.asked.values()].reduce((sum, times) => sum + times, 0);

  test('keeps one wrong solution of each behaviour, and says what became of every answer', async () => {
    const report = await build('m.jsonl');
    const tasks = (await readFile(output('m.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RepairTask);
    expect(report.answers).toEqual({
      'without a program': 5,
      'not the wanted function': 5,
      'a copy of an earlier one': 5,
      'right on the visible tests': 10,
      'behaves like another': 5,
      kept: 10,
    });
    expect(tasks.map(({ id }) => id).slice(0, 3)).toEqual(['a#model-1', 'a#model-2', 'b#model-1']);
    expect(tasks.every(({ buggy }) => !rightly(buggy))).toBe(true);
    expect(tasks[0]).toMatchObject({ sampled: { model: 'small' }, split: 'train' });
    const card = await readFile(output('m.card.md'), 'utf8');
    expect(card).toContain('bugs by the model small');
    expect(card).toContain('| behaves like another | 5 |');
  });

  test('is the same again from the ledger, and nothing is paid twice', async () => {
    const first = await build('m.jsonl');
    const asked = askedTimes();
    expect(asked).toBe(5);
    const second = await build('n.jsonl');
    expect(askedTimes()).toBe(asked);
    expect(second.digest).toBe(first.digest);
    expect(await deps.spend.total('data-build')).toMatchObject({ requests: 5 });
  });

  test('goes on after it was stopped, without asking again for what was answered', async () => {
    const whole = await build('whole.jsonl');
    const controller = new AbortController();
    const stopping: Verifier['verify'] = async (candidates) => {
      if (candidates.some(({ task }) => task.id === 'e')) controller.abort(new Error('stopped'));
      return candidates.map(verdictOf);
    };
    await expect(build('m.jsonl', { verify: stopping, signal: controller.signal })).rejects.toThrow('stopped');
    const report = await build('m.jsonl');
    expect(report).toMatchObject({ tasks: whole.tasks, answers: whole.answers, digest: whole.digest });
    expect(Math.max(...endpoint.asked.values())).toBe(1);
  });

  test('a problem without a wrong answer is refused with its reason, and pays for itself only', async () => {
    endpoint.write = () => add('return a + b');
    const report = await build('m.jsonl');
    expect(report).toMatchObject({ tasks: 0, digest: null });
    expect(report.refused[0]).toEqual({
      id: 'a',
      reason: 'none of 8 answers is a wrong solution that fails a visible test',
    });
    await expect(readFile(output('m.jsonl'))).rejects.toThrow('ENOENT');
  });

  test('a problem whose reference fails is never asked for', async () => {
    const broken: Verifier['verify'] = async (candidates) =>
      candidates.map((candidate) => verdictOf({ ...candidate, program: 'return a - b' }));
    const report = await build('m.jsonl', { verify: broken });
    expect(report.refused).toHaveLength(5);
    expect(askedTimes()).toBe(0);
  });
});
