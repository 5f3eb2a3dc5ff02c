import { comparePassAtK } from '../../../core/statistics/compare.js';
import { changeOfPassAtK, type TaskTally } from '../../../core/statistics/score.js';

const tally = (problemId: string, passes: number, n = 8, taskId = `${problemId}#1`): TaskTally => ({
  taskId,
  problemId,
  n,
  passes,
  none: 0,
});

describe('comparePassAtK', () => {
  const a = [tally('p1', 0), tally('p2', 1), tally('p3', 2), tally('p4', 0)];
  const b = [tally('p1', 2), tally('p2', 3), tally('p3', 2), tally('p5', 8)];

  it('compares on the shared tasks alone', () => {
    expect(comparePassAtK({ a, b }, 1, '1')).toMatchObject({ k: 1, tasks: 3, test: { pValue: 0.5, assignments: 4 } });
  });

  it('says why it does not compare', () => {
    expect(comparePassAtK({ a, b }, 9, '1')).toEqual({
      k: 9,
      notCompared: '3 of 3 shared tasks have fewer than 9 judged samples',
    });
    expect(comparePassAtK({ a, b: [] }, 1, '1')).toEqual({ k: 1, notCompared: 'they share no task' });
  });

  it('takes McNemar only with one task a problem and one sample a task', () => {
    const once = (passes: number[], problem = (at: number) => `p${at}`) =>
      passes.map((pass, at) => tally(problem(at), pass, 1, `t${at}`));
    const first = [1, 0, 0, 0];
    const second = [0, 1, 1, 1];
    expect(comparePassAtK({ a: once(first), b: once(second) }, 1, '1')).toMatchObject({
      mcNemar: { onlyA: 1, onlyB: 3, pValue: 0.625 },
    });
    const twoBugs = (at: number): string => `p${at >> 1}`;
    const paired = comparePassAtK({ a: once(first, twoBugs), b: once(second, twoBugs) }, 1, '1');
    expect(paired).not.toHaveProperty('mcNemar.pValue');
    expect(comparePassAtK({ a, b }, 1, '1')).not.toHaveProperty('mcNemar.pValue');
  });
});

describe('changeOfPassAtK', () => {
  it('takes the largest k that both models allow, and names it', () => {
    const before = [tally('p1', 4), tally('p2', 4), tally('p3', 8)];
    const after = [tally('p1', 0), tally('p2', 0, 6), tally('p3', 8)];
    expect(changeOfPassAtK({ before, after }, 25)).toMatchObject({ k: 6, clusters: 3 });
    expect(changeOfPassAtK({ before, after }, 1)?.difference).toBeCloseTo(-1 / 3, 12);
  });
});
