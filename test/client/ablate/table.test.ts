import { outcomeOf } from '../../../client/ablate/outcome.js';
import { ablationTable } from '../../../client/ablate/table.js';
import type { ReportData, Seal } from '../../../report/data.js';
import { scoredModel, seal } from '../../report/data.js';

const withRequests = (one: Seal, askedGroups: number, recordedGroups: number): Seal => ({
  ...one,
  manifest: { ...one.manifest, circumstances: { ...one.manifest.circumstances, askedGroups, recordedGroups } },
});
const outcome = (arm: string, asked: number, recorded: number) => {
  const seals = [withRequests(seal('base', 0), asked, 0), withRequests(seal('round', 1), 1, recorded)];
  const found = outcomeOf(arm, {
    campaign: `c-${arm}`,
    dev: [scoredModel(0, 1), scoredModel(1, 3)],
    seals,
  } as unknown as ReportData);
  if (!found) throw new Error('nothing was scored');
  return found;
};
const cells = (line: string | undefined): string[] => (line ?? '').split('|').map((cell) => cell.trim());

test('an arm shows what it asked for and what earlier arms had left in the ledger, over all its seals', () => {
  const [header, , first, second] = ablationTable([outcome('one', 20, 0), outcome('two', 9, 11)]).map(cells);
  const at = header?.indexOf('requests asked + from the ledger') ?? -1;
  expect([first?.[at], second?.[at]]).toEqual(['21 + 0', '10 + 11']);
});
