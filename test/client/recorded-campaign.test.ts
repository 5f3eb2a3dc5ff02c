import { rmSync } from 'node:fs';
import { recordedCampaign } from '../../client/recorded-campaign.js';
import { startSealedCampaign } from '../fakes/sealed-campaign.js';
import { sealedWorld, solving } from '../fakes/sealed-world.js';

describe('a campaign that the server has forgotten', () => {
  it('is told from its seals: its scores, why it ended and which model is best', async () => {
    const world = await sealedWorld();
    const recorded = await recordedCampaign(world.stateDir, world.campaign);
    expect(recorded?.view).toMatchObject({ campaign: world.campaign, state: 'completed', progress: { round: 2 } });
    expect(recorded?.view.progress?.checkpoints.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(recorded?.end).toMatchObject({ kind: 'allRounds', best: { round: 2, roundsScored: 2 } });
    const scores = recorded?.view.progress?.checkpoints.map(({ devPassAt1 }) => devPassAt1) ?? [];
    expect(recorded?.end.best?.devPassAt1).toBe(Math.max(...scores));
    rmSync(world.stateDir, { recursive: true });
  });

  it('is cancelled where its events say so, and unknown where nothing tells of an end', async () => {
    const sealed = await startSealedCampaign('cut-1');
    await sealed.sealBase(solving(2));
    expect(await recordedCampaign(sealed.stateDir, sealed.campaign)).toBeUndefined();
    await sealed.events.append(sealed.campaign, {
      id: 'cancelled',
      kind: 'stopped',
      by: 'ada@laptop',
      summary: 'cancelled by a person',
    });
    const recorded = await recordedCampaign(sealed.stateDir, sealed.campaign);
    expect(recorded?.view.state).toBe('cancelled');
    expect(recorded?.end).toMatchObject({ kind: 'cancelled', by: 'ada@laptop', best: { round: 0, roundsScored: 0 } });
    rmSync(sealed.stateDir, { recursive: true });
  });
});
