import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importTasks, type Refusal } from '../../../adapters/data/import.js';
import { type ImportFormat, importers } from '../../../adapters/data/importers/index.js';
import { openProgramReader, type ProgramReader } from '../../../adapters/data/program-reader.js';
import type { Task } from '../../../contract/task.js';

let dir: string;
let reader: ProgramReader;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-import-'));
  reader = openProgramReader();
});
afterAll(async () => {
  reader.close();
  await rm(dir, { recursive: true });
});
const noSandbox = (): never => {
  throw new Error('these formats are read without a sandbox');
};
const file = async (name: string, rows: object[]): Promise<string> => {
  const path = join(dir, name);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
};
const run = async (format: ImportFormat, ...paths: string[]): Promise<{ taken: Task[]; refused: Refusal[] }> => {
  const [taken, refused]: [Task[], Refusal[]] = [[], []];
  const tasks = importTasks(importers[format], { paths, reader, openSandbox: noSandbox }, ({ place, id, reason }) =>
    refused.push({ place, id, reason }),
  );
  for await (const task of tasks) taken.push(task);
  return { taken, refused };
};
const mbppRow = (id: number, change: object = {}) => ({
  text: 'Sum a list.',
  code: 'def total(xs):\r\n\treturn sum(xs)',
  task_id: id,
  test_setup_code: '',
  test_list: ['assert total([1]) == 1', 'assert set([total([2])]) == {2}'],
  challenge_test_list: [],
  ...change,
});

test('an MBPP file gives problems in our format', async () => {
  const path = await file('mbpp.jsonl', [mbppRow(700), mbppRow(3)]);
  const { taken, refused } = await run('mbpp', path);
  expect(refused).toEqual([]);
  expect(taken).toMatchObject([
    { id: 'mbpp/700', entryPoint: 'total', split: 'train', reference: 'def total(xs):\n    return sum(xs)\n' },
    { id: 'mbpp/3', split: 'fewshot' },
  ]);
});

test('a row whose tests call nothing of the program is refused alone, with its place', async () => {
  const path = await file('odd.jsonl', [mbppRow(1), mbppRow(2, { test_list: ['assert 1 == 1'] })]);
  const { taken, refused } = await run('mbpp', path);
  expect(taken).toHaveLength(1);
  expect(refused).toEqual([
    { place: `${path}:2`, id: 'mbpp/2', reason: 'the tests call no function that the program defines' },
  ]);
});

test('a file that is one JSON array is taken as lines are, and its rows are named by number', async () => {
  const path = join(dir, 'sanitized.json');
  const { text: prompt, test_setup_code: _, challenge_test_list: __, ...row } = mbppRow(11);
  const sanitized = { source_file: 'one.ipynb', ...row, prompt, test_imports: ['import math'] };
  const odd = { ...sanitized, task_id: 12, test_list: ['assert 1 == 1'] };
  await writeFile(path, JSON.stringify([sanitized, odd]));
  const { taken, refused } = await run('mbpp', path);
  expect(taken).toMatchObject([{ id: 'mbpp/11', intent: 'Sum a list.', setup: 'import math' }]);
  expect(refused).toMatchObject([{ place: `${path}:1, row 2`, id: 'mbpp/12' }]);
  await writeFile(path, JSON.stringify([sanitized, sanitized]));
  await expect(run('mbpp', path)).rejects.toThrow(`${path}:1, row 2: `);
  await writeFile(path, JSON.stringify([sanitized, { ...sanitized, code: undefined }]));
  await expect(run('mbpp', path)).rejects.toThrow(`${path}:1, row 2: code: `);
});

test('an MBPP file with a missing key or a repeated id is refused whole', async () => {
  await expect(run('mbpp', await file('cut.jsonl', [{ ...mbppRow(1), code: 3 }]))).rejects.toThrow(
    /cut\.jsonl:1: code: /,
  );
  const [one, two] = [await file('one.jsonl', [mbppRow(1)]), await file('two.jsonl', [mbppRow(1)])];
  await expect(run('mbpp', one, two)).rejects.toThrow(`${two}:1: id "mbpp/1" is already that of ${one}:1`);
});

const own = {
  id: 'a',
  intent: 'Same.',
  entryPoint: 'f',
  tests: ['assert f(1) == 1'],
  reference: 'def f(x):\n    return x\n',
  problemId: 'a',
  source: { dataset: 'd', license: 'MIT' },
};

test('our own format is taken as it is, over several files', async () => {
  const kept = { ...own, id: 'b', buggy: 'def f(:', note: [1] };
  const files = [await file('a.jsonl', [own]), await file('b.jsonl', [kept])];
  expect(await run('jsonl', ...files)).toEqual({ taken: [own, kept], refused: [] });
});

test('a task whose reference does not define the entry point is refused alone', async () => {
  const path = await file('other.jsonl', [{ ...own, id: 'odd', entryPoint: 'g' }, own]);
  expect(await run('jsonl', path)).toMatchObject({
    taken: [{ entryPoint: 'f' }],
    refused: [{ place: `${path}:1`, reason: 'reference does not define g at its top level' }],
  });
});

const humanEvalRow = (change: object = {}) => ({
  task_id: 'Sample/0',
  prompt: 'def rot(s, n):\n    """ Turn s by n.\n    >>> rot("ab", 1)\n    "ba"\n    """\n',
  canonical_solution: '    return s[n:] + s[:n]\n',
  test: [
    'METADATA = {"author": "us"}',
    'def check(candidate):',
    '    assert True, "always"',
    '    assert candidate("ab", 1) == "ba", "short"',
    '    word = "xyz"',
    '    assert candidate(word, 0) == word',
    '    for n in range(3):',
    '        assert len(candidate("abc", n)) == 3',
    '    assert candidate("", 0) == ""',
  ].join('\n'),
  entry_point: 'rot',
  ...change,
});

test('a HumanEval row gives a test for each assert or loop that calls the program, with what it needs', async () => {
  const { taken, refused } = await run('humaneval', await file('humaneval.jsonl', [humanEvalRow()]));
  expect(refused).toEqual([]);
  expect(taken).toMatchObject([
    {
      id: 'Sample/0',
      intent: 'Turn s by n.\n>>> rot("ab", 1)\n"ba"',
      entryPoint: 'rot',
      tests: [
        "assert rot('ab', 1) == 'ba'",
        "word = 'xyz'\nassert rot(word, 0) == word",
        "for n in range(3):\n    assert len(rot('abc', n)) == 3",
      ],
      hiddenTests: ["assert rot('', 0) == ''"],
      split: 'test',
    },
  ]);
  expect(taken[0]?.reference).toContain('    return s[n:] + s[:n]\n');
});

test("a helper that a HumanEval check calls goes into the setup, as the set's author wrote it", async () => {
  const row = humanEvalRow({
    prompt: 'def twice(x):\n    return 2 * x\n\ndef half(x):\n    """Undo twice."""\n',
    canonical_solution: '    return x // 2\n',
    test: 'def check(candidate):\n    assert candidate(twice(4)) == 4\n',
    entry_point: 'half',
  });
  const { taken } = await run('humaneval', await file('helper.jsonl', [row]));
  expect(taken).toMatchObject([{ setup: 'def twice(x):\n    return 2 * x', tests: ['assert half(twice(4)) == 4'] }]);
});

test('a HumanEval row without a check of the program is refused alone, one without its keys refuses the file', async () => {
  const empty = humanEvalRow({ test: 'def check(candidate):\n    assert True\n' });
  expect((await run('humaneval', await file('empty.jsonl', [empty]))).refused).toMatchObject([
    { id: 'Sample/0', reason: 'its check function asserts nothing of rot' },
  ]);
  const cut = await file('keys.jsonl', [{ task_id: 'Sample/0', prompt: '' }]);
  await expect(run('humaneval', cut)).rejects.toThrow(
    /keys\.jsonl:1: canonical_solution: .*test: .*the row has the keys task_id, prompt/,
  );
});

const quixBugs = async (name: string, files: Record<string, string>): Promise<string> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name, path)), { recursive: true });
    await writeFile(join(dir, name, path), text);
  }
  return join(dir, name);
};

test('a QuixBugs program with JSON cases shows the first, middle and last, and hides the others', async () => {
  const folder = await quixBugs('json', {
    'python_programs/count_up.py': 'def count_up(n):\n    for i in range(n):\n        yield i\n\n"""\nCount up\n"""\n',
    'correct_python_programs/count_up.py':
      'def count_up(n):\n    yield from range(n + 1)\n\n"""\nOther solutions\n"""\n',
    'json_testcases/count_up.json': '[[0], [0]]\n[[1], [0, 1]]\n[2, [0, 1, 2]]\n[[3], [0, 1, 2, 3]]\n\n[[true], [0]]\n',
    'python_programs/count_up_test.py': 'print()\n',
  });
  const { taken } = await run('quixbugs', folder);
  expect(taken).toMatchObject([
    {
      id: 'quixbugs/count_up',
      intent: 'Count up',
      buggy: 'def count_up(n):\n    for i in range(n):\n        yield i\n',
      reference: 'def count_up(n):\n    yield from range(n + 1)\n',
      tests: [
        'assert list(count_up(0)) == [0]',
        'assert list(count_up(2)) == [0, 1, 2]',
        'assert list(count_up(True)) == [0]',
      ],
      hiddenTests: ['assert list(count_up(1)) == [0, 1]', 'assert list(count_up(3)) == [0, 1, 2, 3]'],
    },
  ]);
});

test('a QuixBugs program of linked nodes brings its Node class, its setup and a test for each function', async () => {
  const program = 'from node import Node\n\ndef last(node):\n    return node.successor\n';
  const folder = await quixBugs('nodes', {
    'python_programs/node.py':
      'class Node:\n    def __init__(self, value, successor=None):\n        self.value = value\n',
    'python_programs/last.py': program,
    'correct_python_programs/last.py': program,
    'python_testcases/test_last.py': [
      'import pytest',
      'from node import Node',
      'if pytest.use_correct:',
      '    from correct_python_programs.last import last',
      'one = Node(1)',
      'def test1():',
      '    """Case 1"""',
      '    two = Node(2, one)',
      '    assert last(two) is one',
    ].join('\n'),
  });
  const { taken } = await run('quixbugs', folder);
  expect(taken).toMatchObject([
    { setup: 'one = Node(1)', tests: ['two = Node(2, one)\nassert last(two) is one'], entryPoint: 'last' },
  ]);
  expect(taken[0]?.buggy).toMatch(/^class Node:\n.*\n\ndef last\(node\):\n {4}return node\.successor\n$/s);
});

test('a folder that is no QuixBugs, or lacks a correct program, is named; a bad case refuses its program alone', async () => {
  await expect(run('quixbugs', dir)).rejects.toThrow(`${dir}: no folder python_programs in it`);
  const lacking = await quixBugs('lacking', { 'python_programs/f.py': 'def f(): pass\n' });
  await expect(run('quixbugs', lacking)).rejects.toThrow('no correct_python_programs/f.py');
  const bad = await quixBugs('bad', {
    'python_programs/f.py': 'def f(x): return x\n',
    'correct_python_programs/f.py': 'def f(x): return x\n',
    'json_testcases/f.json': '[[1], 1]\n[[2]\n',
  });
  expect((await run('quixbugs', bad)).refused).toMatchObject([{ reason: expect.stringMatching(/^case 2: /) }]);
});
