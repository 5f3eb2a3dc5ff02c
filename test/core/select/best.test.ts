import { bestCheckpoint } from '../../../core/select/best.js';
import { hardTaskIds } from '../../../core/select/hard-problems.js';

const at = (round: number, devPassAt1: number) => ({ round, devPassAt1 });

describe('bestCheckpoint', () => {
  it('returns the base where nothing helped', () => {
    expect(bestCheckpoint([at(0, 0.2), at(1, 0.1), at(2, 0.2)]).round).toBe(0);
  });

  it('returns the best round, the earlier of equals', () => {
    expect(bestCheckpoint([at(0, 0.1), at(1, 0.3), at(2, 0.3), at(3, 0.2)]).round).toBe(1);
  });
});

describe('hardTaskIds', () => {
  it('keeps tasks whose pass@1 lies below m, and none without a judged sample', () => {
    const tally = (taskId: string, n: number, passes: number) => ({ taskId, problemId: taskId, n, passes, none: 0 });
    expect(
      hardTaskIds([tally('never', 8, 0), tally('once', 8, 1), tally('often', 8, 4), tally('unjudged', 0, 0)], 0.2),
    ).toEqual(new Set(['never', 'once']));
  });
});
