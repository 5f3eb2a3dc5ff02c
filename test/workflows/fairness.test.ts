import type { ModelClient, RequestLog } from '../../activities/ports.js';
import { putRows } from '../../activities/rows.js';
import { startCampaign, viewCampaign } from '../../client/campaigns.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { type CampaignWorld, startCampaignWorld, worldTasks } from '../fakes/campaign-world.js';
import { repairTask } from '../fakes/tasks.js';

const activitySlots = 4;
const largeShardsInFlight = 16;

/** Fairness keys of a campaign's shards, which their activities go by: by them the server has campaigns take turns. */
const fairnessKeysOf = async ({ client }: CampaignWorld, campaign: string): Promise<Set<unknown>> => {
  const keys = new Set<unknown>();
  const query = `WorkflowType = 'shard' AND WorkflowId STARTS_WITH '${campaignWorkflowId(campaign)}/'`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    keys.add(events?.[0]?.workflowExecutionStartedEventAttributes?.priority?.fairnessKey);
  }
  return keys;
};

/** Of each request of `campaign`: how many more of others' requests than of its own went out while it waited. */
const followTurns = (
  { requests, client }: { requests: RequestLog; client: ModelClient },
  campaign: string,
): { client: ModelClient; behind: number[]; sent(): number } => {
  const sent = { own: 0, others: 0 };
  const behind: number[] = [];
  const askedAt = new Map<string, typeof sent>();
  const note = requests.sent;
  requests.sent = (by, key) => {
    const asked = askedAt.get(key);
    if (by === campaign && asked) behind.push(sent.others - asked.others - (sent.own - asked.own));
    sent[by === campaign ? 'own' : 'others']++;
    return note(by, key);
  };
  const complete: ModelClient['complete'] = (request, work) => {
    if (work?.key && work.campaign === campaign) askedAt.set(work.key, { ...sent });
    return client.complete(request, work);
  };
  return { client: { ...client, complete }, behind, sent: () => sent.own + sent.others };
};

describe('two campaigns at a time', () => {
  let world: CampaignWorld;
  beforeAll(async () => {
    world = await startCampaignWorld({}, activitySlots);
  }, 300_000);
  afterAll(() => world.close());

  it('the small one that came later ends in the midst of the large one, and waits for none of its line', async () => {
    const { model, requests } = world.deps;
    const turns = followTurns({ requests, client: model({} as never).client }, 'small');
    world.deps.model = (config) => ({ ...model(config), client: turns.client });
    world.endpoint.delayMs = 50;
    const many = Array.from({ length: 400 }, (_, at) => repairTask(`large-${at}.`, { split: 'train' }));
    const large = await world.inputFor('large', {
      sampling: { n: 16, groupSize: 2 },
      shardTasks: 1,
      shardsInFlight: largeShardsInFlight,
      rounds: 1,
    });
    await startCampaign(world.client, { ...large, tasks: await putRows(world.deps.store, [...many, ...worldTasks]) });
    await eventually('the large one has a line at workers and endpoint', () => turns.sent() > 100, 200_000);

    await startCampaign(world.client, await world.inputFor('small', { seed: '2', rounds: 1 }));
    await world.client.workflow.getHandle(campaignWorkflowId('small')).result();
    const { state, step } = await viewCampaign(world.client, 'large');
    expect({ state, step: step?.step }).toEqual({ state: 'running', step: 'train' });
    await world.client.workflow.getHandle(campaignWorkflowId('large')).terminate();

    expect(turns.behind.length).toBeGreaterThan(10);
    expect(Math.max(...turns.behind)).toBeLessThanOrEqual(activitySlots);
    expect(await fairnessKeysOf(world, 'small')).toEqual(new Set(['small']));
  }, 600_000);
});
