import type { RepairTask } from '../../../contract/task.js';
import { dataCard } from '../../../core/data/card.js';

const task = (problemId: string, split: 'train' | 'dev', operator: string, change: object = {}): RepairTask => ({
  id: `${problemId}#${operator}`,
  intent: '',
  buggy: 'x',
  entryPoint: 'f',
  tests: ['assert f()'],
  problemId,
  split,
  source: { dataset: 'mine', license: 'MIT' },
  mutation: { operator },
  ...change,
});
const provenance = {
  digest: 'sha256:ab',
  code: '0.1.0+c0de',
  seed: '7',
  perProblem: 4,
  limit: undefined,
  answers: {},
  problems: 5,
  refused: ['3 ', '4 '].map((id) => ({ id, reason: `none of ${id}candidate bugs fails a visible test` })),
  tried: 9,
};

test('a card counts splits by problem and task, kinds of bugs, sources with licences, and reasons of refusal', () => {
  const tasks = [
    task('p', 'train', 'slice'),
    task('p', 'train', 'index', { hiddenTests: ['assert f()'], hiddenTestsFrom: 'reference' }),
    task('q', 'dev', 'slice', { source: { dataset: 'other', license: 'CC-BY-4.0' } }),
  ];
  const card = dataCard(tasks, provenance);
  expect(card).toContain('# Data card: 3 repair tasks from 2 problems');
  for (const line of [
    '- Digest of the file: `sha256:ab`',
    '| train | 1 | 2 |',
    '| dev | 1 | 1 |',
    '| slice | 2 |',
    '| other | CC-BY-4.0 | 1 |',
    '| none of N candidate bugs fails a visible test | 2 |',
    "- Hidden tests: 1 tasks; of 1 some or all were made from the reference's answers",
  ]) {
    expect(card.split('\n')).toContain(line);
  }
  expect(dataCard(tasks, provenance)).toBe(card);
});

test('a card of wrong solutions names the model, how it was asked, and what became of its answers', () => {
  const sampling = { temperature: 0.8, topP: 0.9, maxTokens: 256 };
  const model = { name: 'small', digest: 'sha256:cd', samples: 8, sampling, shots: 3, prompt: 'solution-1' };
  const answers = { kept: 2, 'without a program': 5, 'behaves like another': 1 };
  const { mutation: _, ...sampled } = task('p', 'train', 'x');
  const lines = dataCard([sampled as RepairTask], { ...provenance, model, answers }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'small, `sha256:cd`: 8 answers a problem at temperature 0.8, top_p 0.9, at most 256 tokens, 3 worked examples, prompt solution-1',
      '| kept | 2 |',
      '| without a program | 5 |',
      '| no verdict | 0 |',
      '| model | 1 |',
    ]),
  );
});
