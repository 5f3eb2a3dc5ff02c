/** A candidate of Algorithm 1's last line; round 0 is the base model. */
export interface CheckpointScore {
  round: number;
  devPassAt1: number;
}

/** The checkpoint with the best mean on dev. Equal scores go to the earlier: a gain of nothing is no gain. */
export const bestCheckpoint = <Checkpoint extends CheckpointScore>(checkpoints: readonly Checkpoint[]): Checkpoint => {
  const [first, ...others] = checkpoints;
  if (!first) throw new RangeError('there is always the base model to choose');
  return others.reduce((best, one) => (one.devPassAt1 > best.devPassAt1 ? one : best), first);
};
