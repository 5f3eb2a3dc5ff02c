import { rmSync } from 'node:fs';
import { campaignHistory } from '../../../client/audit/show.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { historyLines } from '../../../client/cli/history-lines.js';
import { lucky, startSealedCampaign } from '../../fakes/sealed-campaign.js';
import { sealedWorld, solving } from '../../fakes/sealed-world.js';

describe('audit show', () => {
  let world: Awaited<ReturnType<typeof sealedWorld>>;
  beforeAll(async () => {
    world = await sealedWorld();
  });
  afterAll(() => rmSync(world.stateDir, { recursive: true }));

  it('tells in order what happened, by whom and when, seals and events alike', async () => {
    const { happenings } = await campaignHistory(world.stateDir, undefined);
    expect(happenings.map(({ event }) => event?.summary)).toEqual([
      'base sealed',
      'round 1 sealed',
      'paused for lunch',
      'round 2 sealed',
      'campaign sealed',
    ]);
    expect(happenings[2]).toMatchObject({ by: 'ada', at: expect.stringMatching(/^\d{4}-/) });
    const text = historyLines(await campaignHistory(world.stateDir, undefined)).join('\n');
    expect(text).toMatch(/paused: paused for lunch, by ada/);
    expect(text).toMatch(/selected 5 samples of \d tasks; left out: duplicate \d+, verdict \d+/);
    expect(text).toContain('best checkpoint: round 2');
  });

  it('tells one round alone, and refuses one that is not there by naming those that are', async () => {
    const { happenings } = await campaignHistory(world.stateDir, world.campaign, 2);
    expect(happenings.map(({ seal }) => [seal?.kind, seal?.round])).toEqual([['round', 2]]);
    await expect(campaignHistory(world.stateDir, world.campaign, 9)).rejects.toThrow(/round 9 .* sealed: 0, 1, 2/);
  });

  it('names the tasks whose verdicts flipped, of what is trained and scored', async () => {
    const sealed = await startSealedCampaign('flaky-1');
    await sealed.sealBase(solving(2));
    const [first, second] = sealed.tasks.map(({ id }) => id);
    const train = solving(2);
    await sealed.sealRound(
      1,
      (task, index) => (task.id === first && index < 3 ? lucky(task) : train(task, index)),
      (task, index) => (task.id === second && index === 1 ? lucky(task) : train(task, index)),
    );
    const { happenings } = await campaignHistory(sealed.stateDir, undefined);
    expect(happenings.map(({ seal }) => seal?.flakyTasks)).toEqual([
      undefined,
      { [String(first)]: 3, [String(second)]: 1 },
    ]);
    const text = historyLines(await campaignHistory(sealed.stateDir, undefined)).join('\n');
    expect(text).toContain(`4 of the failed passed once and not again: ${first} (3), ${second} (1)`);
    expect((await verifyCampaign(sealed.stateDir, 'flaky-1')).flatMap(({ faults }) => faults)).toEqual([]);
    rmSync(sealed.stateDir, { recursive: true });
  });
});
