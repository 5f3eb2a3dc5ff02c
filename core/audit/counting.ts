interface Sealed {
  kind: 'base' | 'round' | 'campaign';
  round: number;
}

/**
 * The seals that count, in the chain's order: a round that was run again takes its own place and that of all that followed
 * it, and a campaign that went on takes back its end. What they replaced stays in the record.
 */
export const countingSeals = <Entry extends Sealed>(entries: readonly Entry[]): Entry[] => {
  const chain: Entry[] = [];
  for (const entry of entries) {
    while (chain.length > 0 && isReplacedBy(chain.at(-1), entry)) chain.pop();
    chain.push(entry);
  }
  return chain;
};

const isReplacedBy = (last: Sealed | undefined, next: Sealed): boolean =>
  next.kind === 'base' ||
  last?.kind === 'campaign' ||
  (next.kind === 'round' && last?.kind === 'round' && last.round >= next.round);
