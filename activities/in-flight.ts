/**
 * Runs `body` on every item with at most `limit` in flight; items may come one by one. The first failure stops new starts, waits for those
 * under way (their answers are paid and get recorded), then is thrown.
 */
export const forEachInFlight = async <Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  signal: AbortSignal,
  body: (item: Item, at: number) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const isStopped = (): boolean => failures.length > 0 || signal.aborted;
  const source = numbered(items, isStopped);
  const lane = async (): Promise<void> => {
    while (!isStopped()) {
      const { value, done } = await source.next();
      if (done || isStopped()) return;
      await body(...value);
    }
  };
  const lanes = Array.from({ length: limit }, () => lane().catch((error: unknown) => failures.push(error)));
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
  signal.throwIfAborted();
};

/** Draws no further item once it is stopped, however many lanes wait for one. */
const numbered = async function* <Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  isStopped: () => boolean,
): AsyncGenerator<[Item, number]> {
  let at = 0;
  for await (const item of items) {
    yield [item, at++];
    if (isStopped()) return;
  }
};
