import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import { openVerifier } from '../../../adapters/sandbox/verifier.js';
import { importData } from '../../../client/data/import.js';
import { InputError } from '../../../contract/failures.js';
import type { Task } from '../../../contract/task.js';

jest.setTimeout(300_000);

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'evalplus-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const file = async (name: string, ...rows: object[]): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
  return path;
};

const take = async (format: string, path: string, plus?: string) => {
  const output = join(dir, 'out.jsonl');
  const report = await importData(
    { format, paths: [path], output, ...(plus !== undefined && { plus }) },
    { openVerifier: () => openVerifier({ slots: 2 }) },
  );
  const text = report.taken > 0 ? await readFile(output, 'utf8') : '';
  const tasks = text.split('\n').flatMap((line) => (line ? [JSON.parse(line) as Task] : []));
  return { tasks, refused: report.refused.map(({ id, reason }) => `${id}: ${reason}`) };
};

/** Mbpp/106 appends a list to a tuple: JSON has a list for the tuple. */
const appended = {
  task_id: 'Mbpp/106',
  prompt: '"""\nPut the items of a list behind those of a tuple.\nassert behind([2], (1,)) == (1, 2)\n"""\n',
  entry_point: 'behind',
  canonical_solution: '\ndef behind(items, start):\n    return start + tuple(items)\n',
  base_input: [[[2], [1]]],
  plus_input: [
    [[], []],
    [[12], [11, 12]],
  ],
  atol: 0,
  contract: '\n    assert isinstance(start, tuple), "invalid inputs" # $_CONTRACT_$\n',
};

const halved = {
  task_id: 'HumanEval/3',
  prompt: 'import math\n\ndef halved(n: float) -> float:\n    """ Half of a number that is not negative. """\n',
  entry_point: 'halved',
  canonical_solution: '    return math.fsum([n / 4, n / 4])\n',
  base_input: [[3.1]],
  plus_input: [[-1.0], [5]],
  atol: 0,
  contract: '    assert n >= 0 # $_CONTRACT_$\n',
};

const packed = {
  task_id: 'Python/3',
  declaration: 'import math\n\ndef halved(n: float) -> float:\n',
  docstring: 'Half of a number that is not negative.',
  canonical_solution: '    return n / 2\n',
  buggy_solution: '    return n / 3\n',
  bug_type: 'value misuse',
  failure_symptoms: 'incorrect output',
  test: 'def check(halved):\n    for n in (2, 4):\n        assert halved(n) == n // 2\n    assert halved(0) == 0\n\ncheck(halved)\n',
  entry_point: 'halved',
};

it('arguments get their types back, and expected values come from the reference', async () => {
  const { tasks, refused } = await take('mbppplus', await file('rows.jsonl.gz', appended));
  expect(refused).toEqual([]);
  expect(tasks).toMatchObject([
    {
      id: 'Mbpp/106',
      problemId: 'mbpp/106',
      intent: 'Put the items of a list behind those of a tuple.',
      tests: ['assert behind([2], (1,)) == (1, 2)'],
      hiddenTests: ['assert behind([], ()) == ()', 'assert behind([12], (11, 12)) == (11, 12, 12)'],
    },
  ]);
});

it('floats are compared with a tolerance, and inputs against the contract are left out', async () => {
  const { tasks } = await take('humanevalplus', await file('rows.jsonl.gz', halved));
  expect(tasks).toMatchObject([
    {
      tests: ['assert near(halved(3.1), 1.55, 0.000001)'],
      hiddenTests: ['assert near(halved(5), 2.5, 0.000001)'],
      inputsLeftOut: 1,
    },
  ]);
});

it('a reference that draws its answer is listed, and so is a row that another follows', async () => {
  const drawing = {
    ...appended,
    task_id: 'Mbpp/601',
    canonical_solution: '\nimport random\ndef behind(items, start):\n    return random.random()\n',
    contract: '',
  };
  const { tasks, refused } = await take('mbppplus', await file('rows.jsonl.gz', drawing, appended));
  expect(tasks.map(({ id }) => id)).toEqual(['Mbpp/106']);
  expect(refused).toEqual([expect.stringMatching(/^Mbpp\/601: can't be judged: no base input has an answer/)]);
});

it('a pack row is a repair task whose bug was seen to fail', async () => {
  const { tasks, refused } = await take('humanevalpack', await file('pack.jsonl.gz', packed));
  expect(refused).toEqual([]);
  expect(tasks).toMatchObject([
    { id: 'Python/3', problemId: 'HumanEval/3', entryPoint: 'halved', bugType: 'value misuse' },
  ]);
  expect(tasks[0]?.buggy).toContain('n / 3');
});

it("with --plus HumanEvalPlus's reference and inputs join; a bug that passes is listed", async () => {
  const plus = await file('plus.jsonl.gz', halved);
  const harmless = { ...packed, buggy_solution: '    return 0.5 * n\n' };
  const joined = await take('humanevalpack', await file('pack.jsonl.gz', packed), plus);
  expect(joined.tasks).toMatchObject([
    { source: { dataset: 'hefixplus' }, reference: expect.stringContaining('fsum') },
  ]);
  expect(joined.tasks[0]?.hiddenTests).toContain('assert near(halved(3.1), 1.55, 0.000001)');
  const { refused } = await take('humanevalpack', await file('pack2.jsonl.gz', harmless), plus);
  expect(refused).toEqual(['Python/3: its buggy program passes all tests (pass)']);
});

it('a malformed row is named by file and line, and nothing is written', async () => {
  const path = await file('rows.jsonl.gz', appended, { task_id: 'Mbpp/2' });
  await expect(take('mbppplus', path)).rejects.toThrow(InputError);
  await expect(take('mbppplus', path)).rejects.toThrow(/rows\.jsonl\.gz:2: .*prompt/);
});
