import { openProgramReader, type ProgramReader } from '../../../adapters/data/program-reader.js';

let reader: ProgramReader;
beforeAll(() => {
  reader = openProgramReader();
});
afterAll(() => reader.close());

test('mutants come back with operator, line and program', async () => {
  const read = await reader.mutate('def f(x):\n    return x < 3  # here\n');
  expect(read).toMatchObject({ ok: true });
  expect(read.ok && read.mutants).toContainEqual({
    operator: 'comparison',
    line: 2,
    program: 'def f(x):\n    return x <= 3  # here\n',
  });
});

test('a program that does not parse is refused in words, and the reader goes on', async () => {
  expect(await reader.mutate('def f(:')).toMatchObject({ ok: false, reason: expect.stringContaining('line 1') });
  expect(await reader.mutate('x = 1 < 2\n')).toMatchObject({ ok: true });
});

test('answers belong to their questions when many are asked at once', async () => {
  const asked = Array.from({ length: 20 }, (_, at) =>
    reader.adopt(`def f${at}(x):\r\n\treturn x`, [`assert f${at}(1) == 1`]),
  );
  const answers = await Promise.all(asked);
  expect(answers.map((answer) => answer.ok && answer.entryPoint)).toEqual(answers.map((_, at) => `f${at}`));
  expect(answers[3]).toMatchObject({ program: 'def f3(x):\n    return x\n' });
});

test('programs are only read: nothing in them runs', async () => {
  const read = await reader.mutate('import sys\nsys.stdout.write("forged\\n")\nraise SystemExit(1 if 1 < 2 else 0)\n');
  expect(read).toMatchObject({ ok: true });
});

describe('a reader that is closed', () => {
  /** Children that this process waits for before it ends. */
  const waitedFor = (): number => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;

  test('is not waited for, and starts nothing for what is asked afterwards or waited its turn', async () => {
    await reader.mutate('x = 1 < 2\n');
    const before = waitedFor();
    const another = openProgramReader();
    const asked = Array.from({ length: 5 }, () => another.mutate('x = 1 < 2\n'));
    await asked[0];
    expect(waitedFor()).toBe(before + 1);
    another.close();
    expect(waitedFor()).toBe(before);
    await expect(asked[4]).rejects.toThrow('the reader of programs is closed');
    await expect(another.mutate('x = 1 < 2\n')).rejects.toThrow('the reader of programs is closed');
    await Promise.allSettled(asked);
    expect(waitedFor()).toBe(before);
  });
});
