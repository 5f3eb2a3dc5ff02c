import { readFileSync } from 'node:fs';
import { type Task, taskSchema } from '../../contract/task.js';
import { contaminationText, findContamination } from '../../core/contamination.js';
import { repairTask } from '../fakes/tasks.js';

const long = 'def total(prices, rate):\n    subtotal = sum(prices)\n    return round(subtotal * (1 + rate), 2)\n';

describe('findContamination', () => {
  const trained = [repairTask('a'), repairTask('b', { reference: long })];
  const find = (scored: Task[], allowed: string[] = []) => findContamination(trained, scored, new Set(allowed));

  it('finds a problem by its id', () => {
    expect(find([repairTask('a'), repairTask('c')])).toEqual([
      { problemId: 'a', because: 'the same problem', trainedAs: 'a' },
    ]);
  });

  it('finds a problem by its program, whatever another data set calls it and however it is laid out', () => {
    const elsewhere = repairTask('Set/7', { reference: long.replace('\n    return', '  # the sum\n\n    return') });
    expect(find([elsewhere])).toEqual([{ problemId: 'Set/7', because: 'the same reference', trainedAs: 'b' }]);
  });

  it('says nothing of short programs, which are equal by chance', () => {
    expect(find([repairTask('other')])).toEqual([]);
  });

  it('lets through what is told by name, and only that', () => {
    const scored = [repairTask('a'), repairTask('b')];
    expect(find(scored, ['a']).map(({ problemId }) => problemId)).toEqual(['b']);
    expect(contaminationText(find(scored))).toBe('2 of the problems to be scored are in the training set: a, b');
  });

  it('finds nothing between the splits of the starter set', () => {
    const lines = readFileSync('starter/tasks.jsonl', 'utf8').split('\n').filter(Boolean);
    const tasks = lines.map((line) => taskSchema.parse(JSON.parse(line)));
    const scored = tasks.filter(({ split }) => split === 'dev' || split === 'test');
    const train = tasks.filter(({ split }) => split === 'train');
    expect(scored.length).toBeGreaterThan(100);
    expect(findContamination(train, scored, new Set())).toEqual([]);
  });
});
