/**
 * Runs `body` on every item with at most `limit` in flight. The first failure stops new starts, waits for those under
 * way (their answers are paid and get recorded), then is thrown.
 */
export const forEachInFlight = async <Item>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  body: (item: Item, at: number) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.length === 0 && !signal.aborted) {
      const at = next++;
      await body(items[at] as Item, at).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
};
