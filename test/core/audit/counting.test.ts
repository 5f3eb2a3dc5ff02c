import { countingSeals } from '../../../core/audit/counting.js';

const seals = (text: string) =>
  text.split(' ').map((name, at) => ({
    at,
    kind: name.startsWith('b') ? ('base' as const) : name.startsWith('r') ? ('round' as const) : ('campaign' as const),
    round: Number(name.slice(1)),
  }));
const counting = (text: string): string =>
  countingSeals(seals(text))
    .map(({ kind, round, at }) => `${kind[0]}${round}@${at}`)
    .join(' ');

describe('the seals that count', () => {
  it.each([
    ['a campaign that ran once', 'b0 r1 r2 c2', 'b0@0 r1@1 r2@2 c2@3'],
    ['one that was extended takes back its end', 'b0 r1 c1 r2 c2', 'b0@0 r1@1 r2@3 c2@4'],
    ['a round run again replaces itself and all that followed', 'b0 r1 r2 c2 r1 r2 c2', 'b0@0 r1@4 r2@5 c2@6'],
    ['also while what follows is not there again yet', 'b0 r1 r2 c2 r1', 'b0@0 r1@4'],
    ['one that began anew counts from there', 'b0 r1 b0 r1', 'b0@2 r1@3'],
    ['an end sealed twice counts once', 'b0 r1 c1 c1', 'b0@0 r1@1 c1@3'],
  ])('%s', (_what, log, expected) => {
    expect(counting(log)).toBe(expected);
  });
});
