import type { TaskTally } from '../statistics/score.js';

/** Algorithm 1's D_H: the tasks whose pass@1 under the base model lies below the threshold m. */
export const hardTaskIds = (tallies: readonly TaskTally[], m: number): Set<string> =>
  new Set(tallies.filter(({ n, passes }) => n > 0 && passes / n < m).map(({ taskId }) => taskId));
