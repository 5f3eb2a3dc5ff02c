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
