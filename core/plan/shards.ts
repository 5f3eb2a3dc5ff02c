/** A range of rows, `to` exclusive. */
export interface RowRange {
  from: number;
  to: number;
}

/** Cuts `rows` rows into ranges of at most `size`, in order. */
export const cutIntoShards = (rows: number, size: number): RowRange[] =>
  Array.from({ length: Math.ceil(rows / size) }, (_, shard) => ({
    from: shard * size,
    to: Math.min(rows, (shard + 1) * size),
  }));
