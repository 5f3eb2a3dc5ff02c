import { campaignResult, startCampaign, startOptions } from '../../client/campaigns.js';
import { decoded } from '../../client/payloads.js';
import type { CampaignInput, CampaignState } from '../../contract/campaign.js';
import { queues } from '../../contract/queues.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { initialControl } from '../../core/control/limits.js';
import { type CampaignWorld, startCampaignWorld } from '../fakes/campaign-world.js';

const rounds = 200;
/** Where Temporal warns of a payload, and where it suggests to continue as new. */
const [payloadBytes, events] = [512 * 1024, 4096];

const short = {
  earlyStop: { patience: false },
  evaluation: { samples: 2, k: [1, 5, 10, 25], test: false, withoutTrace: false },
};

describe('a campaign of 200 rounds', () => {
  let world: CampaignWorld;
  beforeAll(async () => {
    world = await startCampaignWorld();
  }, 300_000);
  afterAll(() => world.close());

  /** What its latest run began with, after one round of its own. */
  const inputAfterRound = async (campaign: string): Promise<CampaignInput & { resume: CampaignState }> => {
    await startCampaign(world.client, await world.inputFor(campaign, { ...short, rounds: 1 }));
    await campaignResult(world.client, campaign);
    const { events: history } = await world.client.workflow.getHandle(campaignWorkflowId(campaign)).fetchHistory();
    const started = history?.[0]?.workflowExecutionStartedEventAttributes;
    return (await decoded(world.client, started?.input?.payloads?.[0])) as CampaignInput & { resume: CampaignState };
  };

  /** The state of a campaign that went on so for nearly all of them: each round left what this one did. */
  const nearTheEnd = (state: CampaignState): CampaignState => {
    const [base] = state.checkpoints;
    const checkpoint = state.checkpoints.at(-1);
    const record = state.rounds?.at(-1);
    if (!base || !checkpoint?.decision || !record?.kept || !record.sealed) throw new Error('its round left too little');
    const numbers = Array.from({ length: rounds - 1 }, (_, at) => at + 1);
    return {
      ...state,
      round: rounds - 1,
      checkpoints: [base, ...numbers.map((round) => ({ ...checkpoint, round }))],
      rounds: [...(state.rounds ?? []).slice(0, 1), ...numbers.map((round) => ({ ...record, round }))],
    };
  };

  it('stays inside the limits at which Temporal warns, in its last round and in its result', async () => {
    const input = await inputAfterRound('one-round');
    const campaign = 'long';
    const workflowId = campaignWorkflowId(campaign);
    const control = { ...initialControl(input.config, Date.now()), rounds };
    await world.client.workflow.start('campaign', {
      ...startOptions(campaign),
      workflowId,
      taskQueue: queues.control,
      args: [{ ...input, campaign, control, resume: nearTheEnd(input.resume) }],
    });
    const { checkpoints, stopped } = await campaignResult(world.client, campaign);
    expect({ checkpoints: checkpoints.length, stopped }).toEqual({ checkpoints: rounds + 1, stopped: undefined });
    const runs = await historiesOf(world, workflowId);
    expect(runs.map(({ type }) => type)).toEqual(expect.arrayContaining(['campaign', 'round', 'shard']));
    expect(Math.max(...runs.map(({ payload }) => payload))).toBeGreaterThan(100 * rounds);
    expect(Math.max(...runs.map(({ payload }) => payload))).toBeLessThan(payloadBytes);
    expect(Math.max(...runs.map(({ length }) => length))).toBeLessThan(events);
  }, 300_000);
});

/** Of each run under a workflow's id: how many events it has, and its largest payload. */
const historiesOf = async ({ client }: CampaignWorld, workflowId: string) => {
  const runs: { type: string; length: number; payload: number }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId STARTS_WITH '${workflowId}'` })) {
    const { events: history } = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    runs.push({ type: run.type, length: history?.length ?? 0, payload: largestPayload(history) });
  }
  return runs;
};

const largestPayload = (value: unknown): number => {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((most: number, inner) => Math.max(most, largestPayload(inner)), 0);
};
