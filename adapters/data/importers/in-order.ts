/** Works on several items at a time and gives the results in the items' order: bounded, and still a stream. */
export async function* inOrder<In, Out>(
  items: AsyncIterable<In>,
  atOnce: number,
  work: (item: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const pending: Promise<Out>[] = [];
  try {
    for await (const item of items) {
      pending.push(work(item));
      pending.at(-1)?.catch(() => {});
      if (pending.length >= atOnce) yield (await pending.shift()) as Out;
    }
    while (pending.length > 0) yield (await pending.shift()) as Out;
  } finally {
    await Promise.allSettled(pending);
  }
}
