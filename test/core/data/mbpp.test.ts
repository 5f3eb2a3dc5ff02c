import { mbppProblem, mbppRowSchema, mbppSplit } from '../../../core/data/mbpp.js';

const row = mbppRowSchema.parse({
  text: ' Add one.\r\n',
  code: 'def f(x):\r\n\treturn x + 1',
  task_id: 601,
  test_setup_code: '',
  test_list: ['assert f(1) == 2'],
  challenge_test_list: ['assert f(9) == 10'],
});
const read = { entryPoint: 'f', program: 'def f(x):\n    return x + 1\n' };

test.each([
  [1, 'fewshot'],
  [10, 'fewshot'],
  [11, 'test'],
  [510, 'test'],
  [511, 'dev'],
  [600, 'dev'],
  [601, 'train'],
  [974, 'train'],
  [975, undefined],
])('MBPP %i is in split %s', (id, split) => {
  expect(mbppSplit(id)).toBe(split);
});

test('shown tests are visible, challenge tests hidden', () => {
  expect(mbppProblem(row, read)).toEqual({
    id: 'mbpp/601',
    intent: 'Add one.',
    entryPoint: 'f',
    tests: ['assert f(1) == 2'],
    hiddenTests: ['assert f(9) == 10'],
    reference: read.program,
    problemId: 'mbpp/601',
    source: { dataset: 'mbpp', license: 'CC-BY-4.0' },
    split: 'train',
  });
});

test('setup code is kept where there is some, with LF line ends', () => {
  expect(mbppProblem({ ...row, test_setup_code: 'root = 1 \r\nx = 2' }, read)).toMatchObject({
    setup: 'root = 1 \nx = 2',
  });
});

test('a problem without challenge tests or an id of the usual split has neither key', () => {
  const problem = mbppProblem({ ...row, challenge_test_list: [], task_id: 2000 }, read);
  expect(Object.keys(problem)).not.toEqual(expect.arrayContaining(['hiddenTests']));
  expect(Object.keys(problem)).not.toEqual(expect.arrayContaining(['split']));
});

test('a row of the sanitized set: prompt for text, imports of the tests as setup', () => {
  const { text: _, test_setup_code: __, challenge_test_list: ___, ...rest } = row;
  const sanitized = mbppRowSchema.parse({ ...rest, prompt: 'Add one.', test_imports: ['import math', 'import re'] });
  expect(mbppProblem(sanitized, read)).toMatchObject({ intent: 'Add one.', setup: 'import math\nimport re' });
});

test.each(['601', 'Mbpp/601', 'mbpp/601'])('an id written %s is 601', (task_id) => {
  expect(mbppRowSchema.parse({ ...row, task_id }).task_id).toBe(601);
});

test('what a row has none of may be null; what it needs may not', () => {
  const { challenge_test_list, test_setup_code } = mbppRowSchema.parse({
    ...row,
    test_setup_code: null,
    challenge_test_list: null,
  });
  expect([challenge_test_list, test_setup_code]).toEqual([[], '']);
  expect(mbppRowSchema.safeParse({ ...row, code: null }).success).toBe(false);
  expect(mbppRowSchema.safeParse({ ...row, task_id: 'HumanEval/1' }).success).toBe(false);
});
