/** How many items have each name; names in order, so that a report reads the same every time. */
export const countBy = <T>(items: readonly T[], nameOf: (item: T) => string): Record<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
};
