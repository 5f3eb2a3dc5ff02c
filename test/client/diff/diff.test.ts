import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { objectPath } from '../../../adapters/store/folder-store.js';
import { exportCampaign } from '../../../client/bundle/export.js';
import { importBundle } from '../../../client/bundle/import.js';
import { diffLines } from '../../../client/cli/diff-lines.js';
import { type CampaignDiff, diffCampaigns } from '../../../client/diff/diff.js';
import { startSealedCampaign, worldOf } from '../../fakes/sealed-campaign.js';
import { sealedWorld, solving } from '../../fakes/sealed-world.js';

describe('two campaigns, one of them imported', () => {
  let state: string;
  let other: string;
  let diff: CampaignDiff;
  beforeAll(async () => {
    const here = await sealedWorld('here-1');
    const there = await startSealedCampaign('there-1', [...worldOf(11).slice(1), ...worldOf(13).slice(12)]);
    await there.sealBase(solving(2));
    await there.sealRound(1, solving(8), solving(10));
    await there.sealEnd(1, 1);
    state = here.stateDir;
    other = there.stateDir;
    await exportCampaign(other, 'there-1', join(other, 'bundle'));
    await importBundle(join(other, 'bundle'), state);
    diff = await diffCampaigns(state, { a: 'here', b: 'there' });
  });
  afterAll(() => {
    for (const dir of [state, other]) rmSync(dir, { recursive: true });
  });

  it('differ in the tasks that one alone has', () => {
    const dev = diff.data.find(({ set }) => set === 'dev');
    expect(dev?.rows).toMatchObject({ onlyA: [expect.stringMatching(/^dev-0\./), expect.stringMatching(/^dev-11\./)] });
    expect(dev?.rows?.onlyB).toEqual([expect.stringMatching(/^dev-12\./)]);
    expect(dev?.rows?.changed).toEqual([]);
  });

  it('are told round by round, to where the shorter one came', () => {
    expect(diff.a).toMatchObject({ campaign: 'here-1', ended: true, rounds: 2, best: 2 });
    expect(diff.b).toMatchObject({ campaign: 'there-1', ended: true, rounds: 1, best: 1 });
    expect(diff.rounds.map(({ round, a, b }) => [round, a !== undefined, b !== undefined])).toEqual([
      [0, true, true],
      [1, true, true],
      [2, true, false],
    ]);
    expect(diff.rounds[1]?.same).toEqual({ samples: false, verdicts: false, trainingSet: false, model: true });
  });

  it('are compared by their best checkpoints on the tasks that both were asked', () => {
    expect(diff.best.map(({ on }) => on)).toEqual(['dev']);
    expect(diff.best[0]?.results[0]).toMatchObject({ k: 1, tasks: 10 });
  });

  it('read as text, with what is the same said to be', () => {
    const text = diffLines(diff).join('\n');
    expect(text).toContain('A  here-1: ended after round 2, best is round 2');
    expect(text).toMatch(/configuration\n {2}the same/);
    expect(text).toMatch(/only in B: dev-12\./);
    expect(text).toMatch(/round 2 .* - +- +-/);
  });

  it('are the same campaign where it is compared with itself', async () => {
    const same = await diffCampaigns(state, { a: 'here', b: 'here' });
    expect([same.configuration, same.code]).toEqual([[], []]);
    expect(same.data.every(({ a, b }) => a?.digest === b?.digest)).toBe(true);
    expect(same.rounds.every((round) => Object.values(round.same ?? { none: false }).every(Boolean))).toBe(true);
  });

  it('are not compared where answers that were scored are gone: they are named', async () => {
    // Rows of no other campaign here, which would still be in this process's memory.
    const gone = await startSealedCampaign('gone-1');
    await gone.sealBase(solving(1));
    const { evaluations } = await gone.sealRound(1, solving(1), solving(3)).then(({ content }) => content);
    await gone.sealEnd(1, 1);
    const verdicts = evaluations[0]?.shards[0]?.verdicts.digest ?? '';
    rmSync(objectPath(join(gone.stateDir, 'store'), verdicts));
    await expect(diffCampaigns(gone.stateDir, { a: 'gone', b: 'gone' })).rejects.toMatchObject({
      kind: 'storeCorrupt',
      message: expect.stringContaining(verdicts),
    });
    rmSync(gone.stateDir, { recursive: true });
  });
});
