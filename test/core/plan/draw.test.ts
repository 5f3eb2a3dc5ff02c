import { drawTasks } from '../../../core/plan/draw.js';
import { cutIntoShards } from '../../../core/plan/shards.js';
import { repairTask } from '../../fakes/tasks.js';

const bugs = (problem: string, count: number) =>
  Array.from({ length: count }, (_, at) => repairTask(problem, { id: `${problem}#${at}` }));

describe('drawTasks', () => {
  const tasks = [...bugs('a', 3), ...bugs('b', 3), ...bugs('c', 1), repairTask('d', { split: 'dev' })];

  it('takes one bug of every problem before a second of any', () => {
    expect(new Set(drawTasks(tasks, 'train', { size: 3 }, '1').map((task) => task.problemId))).toEqual(
      new Set(['a', 'b', 'c']),
    );
  });

  it('keeps to the split, to perProblem, and to the order of the file', () => {
    const drawn = drawTasks(tasks, 'train', { perProblem: 2 }, '1');
    expect(drawn.map((task) => task.problemId)).toEqual(['a', 'a', 'b', 'b', 'c']);
    expect(drawn).toEqual(tasks.filter((task) => drawn.includes(task)));
  });

  it('draws the same by the same seed and others by another', () => {
    const draw = (seed: string) => drawTasks(bugs('a', 40), 'train', { size: 5 }, seed).map(({ id }) => id);
    expect(draw('1')).toEqual(draw('1'));
    expect(draw('1')).not.toEqual(draw('2'));
  });
});

describe('cutIntoShards', () => {
  it('covers every row once, in order', () => {
    expect(cutIntoShards(7, 3)).toEqual([
      { from: 0, to: 3 },
      { from: 3, to: 6 },
      { from: 6, to: 7 },
    ]);
    expect(cutIntoShards(0, 3)).toEqual([]);
  });
});
