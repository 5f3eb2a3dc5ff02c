import { scoreVerdicts } from '../../../core/statistics/score.js';
import { repairTask } from '../../fakes/tasks.js';

const tasks = [repairTask('a'), repairTask('b')];
const verdict = (
  problem: string,
  value: 'pass' | 'fail' | 'none',
  reason: 'ok' | 'assertion' | 'unparsable' | 'infrastructure',
) => ({
  taskId: `${problem}#bug-1`,
  verdict: value,
  reason,
});

describe('scoreVerdicts', () => {
  const verdicts = [
    verdict('a', 'pass', 'ok'),
    verdict('a', 'fail', 'assertion'),
    verdict('b', 'fail', 'unparsable'),
    verdict('b', 'fail', 'assertion'),
    verdict('b', 'none', 'infrastructure'),
  ];

  it('leaves verdicts none out of n and counts them', () => {
    const score = scoreVerdicts(tasks, verdicts, [1]);
    expect(score).toMatchObject({ samples: 4, none: 1, parsedShare: 0.75 });
    expect(score.passAtK[0]).toMatchObject({ k: 1, estimate: { mean: 0.25 } });
  });

  it('does not estimate a k beyond the samples of any task, and says why', () => {
    const [, at4] = scoreVerdicts(tasks, verdicts, [1, 4]).passAtK;
    expect(at4).toEqual({ k: 4, notEstimated: '2 of 2 tasks have fewer than 4 judged samples' });
  });
});
