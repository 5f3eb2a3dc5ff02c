import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BadLine } from '../../client/verify/inputs.js';
import { verifyFile } from '../../client/verify/verify-file.js';
import { InputError } from '../../contract/failures.js';
import type { Verdict } from '../../contract/verdict.js';
import { aTask } from './verifier-fixtures.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'verify-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

const programs = ['def solve(x):\n    return 3000 + x', 'def solve(x):\n    return 0', 'def solve('];
const sample = (index: number, over: object = {}): string =>
  `${JSON.stringify({ taskId: 'task', index, program: programs[index % programs.length], ...over })}\n`;

const run = async (
  tasks: string | Buffer,
  samples: string | Buffer,
  over: { signal?: AbortSignal; onProgress?: () => void } = {},
) => {
  const paths = {
    tasks: join(dir, 'tasks.jsonl'),
    samples: join(dir, 'samples.jsonl'),
    output: join(dir, 'out.jsonl'),
  };
  await writeFile(paths.tasks, tasks);
  await writeFile(paths.samples, samples);
  const bad: BadLine[] = [];
  const counts = await verifyFile({
    ...paths,
    allowWeakIsolation: [],
    onBad: (line) => bad.push(line),
    onProgress: over.onProgress ?? (() => {}),
    signal: over.signal ?? new AbortController().signal,
  });
  const rows = (await readFile(paths.output, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Verdict);
  return { counts, rows, bad: bad.map(({ place, reason }) => `${place.slice(dir.length + 1)}: ${reason}`) };
};

const tasksFile = `${JSON.stringify(aTask())}\n`;

describe('a samples file', () => {
  it('gets a verdict for each sample, in its order; completions and programs alike', async () => {
    const completion = `Off by 3000.\n\`\`\`python\n${programs[0]}\n\`\`\`\n`;
    const samples = sample(0) + sample(1) + sample(2) + sample(3, { program: undefined, completion });
    const { counts, rows, bad } = await run(tasksFile, samples);
    expect(rows.map(({ index, verdict, reason }) => [index, verdict, reason])).toEqual([
      [0, 'pass', 'ok'],
      [1, 'fail', 'assertion'],
      [2, 'fail', 'unparsable'],
      [3, 'pass', 'ok'],
    ]);
    expect(counts).toMatchObject({ judged: 4, pass: 2, fail: 2, none: 0, resumed: 0 });
    expect(bad).toEqual([]);
  });

  it('is judged around its bad lines, each told with file, line and reason', async () => {
    const invalid = Buffer.concat([
      Buffer.from('{"taskId":"task","index":7,"program":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n'),
    ]);
    const lines = [sample(0), '{"cut\n', sample(1, { taskId: 'nobody' }), sample(0), '{"taskId":"task"}\n'];
    const samples = Buffer.concat([Buffer.from(lines.join('')), invalid, Buffer.from(`${sample(1)}{"taskId":"ta`)]);
    const { counts, bad } = await run(tasksFile, samples);
    expect(counts).toMatchObject({ judged: 2, bad: 6 });
    expect(bad).toEqual([
      'samples.jsonl:2: not JSON',
      'samples.jsonl:3: no task "nobody" among the tasks',
      expect.stringMatching(/^samples.jsonl:4: sample 0 of task is already that of .*samples.jsonl:1$/),
      expect.stringMatching(/^samples.jsonl:5: /),
      'samples.jsonl:6: not valid UTF-8',
      'samples.jsonl:8: not JSON: the file ends in the middle of a row',
    ]);
  });

  it('a task with a test that is no Python is told once, and its samples are passed over', async () => {
    const broken = JSON.stringify(aTask({ id: 'broken', tests: ['assert solve('] }));
    const { counts, bad } = await run(`${tasksFile}${broken}\n`, sample(0) + sample(0, { taskId: 'broken' }));
    expect(counts).toMatchObject({ judged: 1, bad: 2 });
    expect(bad[0]).toMatch(/^tasks.jsonl:2: tests\[0\] is no Python/);
    expect(bad[1]).toMatch(/^samples.jsonl:2: task broken can't be judged/);
  });

  it('a huge program in a well-formed line is a verdict', async () => {
    const { rows } = await run(tasksFile, sample(0, { program: 'x'.repeat(20_000_000) }));
    expect(rows).toMatchObject([{ verdict: 'fail', reason: 'unparsable', tests: [] }]);
  });

  it.each([
    ['no sample of a known task', tasksFile, '{"taskId":"nobody","index":0,"program":""}\n'],
    ['no sample at all', tasksFile, ''],
    ['no task', '\n', sample(0)],
  ])('with %s it is refused, and nothing is written', async (_title, tasks, samples) => {
    await expect(run(tasks, samples)).rejects.toThrow(InputError);
    expect((await readdir(dir)).sort()).toEqual(['samples.jsonl', 'tasks.jsonl']);
  });

  it('an interrupted run is continued: no verdict is lost, doubled or made again', async () => {
    const samples = Array.from({ length: 12 }, (_, index) => sample(index)).join('');
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('interrupted'));
    await expect(run(tasksFile, samples, { signal: controller.signal, onProgress })).rejects.toThrow('interrupted');
    const [partial] = (await readdir(dir)).filter((name) => name.endsWith('.partial'));
    const path = join(dir, partial as string);
    // As a kill in the middle of a write leaves it.
    await writeFile(path, `${await readFile(path, 'utf8')}{"taskId":"ta`);
    const { counts, rows } = await run(tasksFile, samples);
    expect(counts.resumed).toBeGreaterThan(0);
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect((await readdir(dir)).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('what was judged for other inputs is not taken over', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(new Error('interrupted'));
    const samples = sample(0) + sample(1) + sample(2);
    await expect(run(tasksFile, samples, { signal: controller.signal, onProgress })).rejects.toThrow('interrupted');
    expect((await run(tasksFile, samples + sample(3))).counts).toMatchObject({ judged: 4, resumed: 0 });
  });
});
