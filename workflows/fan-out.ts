/** Runs `start` for every item with at most `inFlight` at a time; results stand in the items' order. */
export const fanOut = async <Item, Result>(
  items: readonly Item[],
  inFlight: number,
  start: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      const result = await start(items[at] as Item, at);
      results[at] = result;
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, items.length) }, lane));
  return results;
};
