/**
 * Runs `start` for every item with at most `inFlight` at a time; results stand in the items' order. After a failure nothing
 * new starts, and it is thrown once what was under way has settled: nothing runs beside what its caller does next.
 */
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
      try {
        const result = await start(items[at] as Item, at);
        results[at] = result;
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(inFlight, items.length) }, lane));
  const failed = lanes.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return results;
};
