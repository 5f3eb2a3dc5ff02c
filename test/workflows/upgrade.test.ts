import { resourcePath } from '../../adapters/paths.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { campaignResult, startCampaign, viewCampaign } from '../../client/campaigns.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { type CampaignWorld, startCampaignWorld } from '../fakes/campaign-world.js';

const short = { rounds: 2, evaluation: { samples: 2, k: [1, 2], test: false, withoutTrace: false } };

describe('an upgrade of the workflows in mid-campaign', () => {
  let world: CampaignWorld;
  beforeAll(async () => {
    world = await startCampaignWorld();
  }, 300_000);
  afterAll(() => world.close());

  it('lets the round under way finish as it began, and the next one take the new code', async () => {
    const campaign = 'upgraded';
    // The tuned model does not answer before the upgrade: round 1 is surely in its middle.
    let refused = 0;
    world.endpoint.trouble = ({ model }, response) => {
      if (!model.startsWith('tuned')) return undefined;
      refused += 1;
      response.writeHead(503).end('{}');
      return 'answered';
    };
    await startCampaign(world.client, await world.inputFor(campaign, { ...short, seed: '40' }));
    await eventually('round 1 asks the tuned model', () => refused > 0, 120_000);
    expect((await viewCampaign(world.client, campaign)).progress).toMatchObject({ phase: 'round', round: 1 });
    await world.upgrade(resourcePath('test', 'workflows', 'fixtures', 'upgraded.ts'));
    world.endpoint.trouble = undefined;
    const { checkpoints } = await campaignResult(world.client, campaign);
    expect(checkpoints.map(({ round }) => round)).toEqual([0, 1, 2]);
    const told = (await world.deps.events.list(campaign)).filter(({ by }) => by === 'tomorrow');
    expect(told.map(({ summary }) => summary)).toEqual(['round 2 began on new code']);
    expect((await verifyCampaign(world.deps.dir, campaign)).flatMap(({ faults }) => faults)).toEqual([]);
  }, 300_000);
});
