import { putRows } from '../../activities/rows.js';
import { campaignResult, startCampaign, viewCampaign } from '../../client/campaigns.js';
import { controlCampaign } from '../../client/control.js';
import type { CampaignProgress } from '../../contract/campaign.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { type CampaignWorld, worldTasks } from '../fakes/campaign-world.js';
import { repairTask } from '../fakes/tasks.js';

/**
 * A campaign that meets everything a person can do: it runs out of budget, a round fails and is retried from its last step,
 * the next one waits for an approval, is paused at once and resumed, and falls so far that the third rolls back.
 * @returns its runs in order, as `currentRun` told them
 */
export const steeredCampaign = async (
  world: CampaignWorld,
  campaign: string,
  currentRun: () => Promise<string>,
): Promise<string[]> => {
  const { client, endpoint } = world;
  const reaches = (what: string, holds: (progress: CampaignProgress) => boolean): Promise<void> =>
    eventually(
      what,
      async () => {
        const { state, progress } = await viewCampaign(client, campaign);
        if (state !== 'running') throw new Error(`${campaign} is ${state} before it ${what}`);
        return progress !== undefined && holds(progress);
      },
      120_000,
    );
  const runs: string[] = [];
  const noteRun = async (): Promise<void> => {
    const run = await currentRun();
    if (!runs.includes(run)) runs.push(run);
  };

  endpoint.write = (prompt, hash) => (prompt.includes('dev-') || hash % 2 === 0 ? solution : 'nothing');
  endpoint.trouble = ({ model, messages }, response) => {
    if (!model.startsWith('tuned-') || !JSON.stringify(messages).includes('dev-3.')) return undefined;
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no such thing"}}');
    return 'answered';
  };
  const overrides = {
    seed: '41',
    rounds: 3,
    approvals: [2],
    budget: { tokens: 10 },
    earlyStop: { patience: false, rollBack: true },
    evaluation: { samples: 4, k: [1, 2], test: false, withoutTrace: false },
  };
  // Six problems of the dev split: a fall on all of them is one for sure.
  const more = [4, 5].map((at) => repairTask(`dev-${at}.`, { split: 'dev' }));
  const tasks = await putRows(world.deps.store, [...worldTasks, ...more]);
  await startCampaign(client, { ...(await world.inputFor(campaign, overrides)), tasks });
  const controls = controlCampaign(client, campaign);

  await reaches('held by its budget', ({ hold }) => hold?.by === 'budget');
  await noteRun();
  await controls.budget({ tokens: null });
  await controls.resume();
  await reaches('held by a failure', ({ hold }) => hold?.by === 'failure');
  await noteRun();
  endpoint.trouble = undefined;
  await controls.retry({ round: 1, from: 'evaluate' });

  await reaches('waits for an approval', ({ hold }) => hold?.by === 'approval');
  await noteRun();
  endpoint.delayMs = 500;
  const asked = endpoint.asked.size;
  await controls.approve({ note: 'go on' });
  await eventually('round 2 asks', () => endpoint.asked.size > asked, 120_000);
  await controls.pause({ now: true, reason: 'lunch' });
  await reaches('paused', ({ hold }) => hold?.by === 'person');
  endpoint.delayMs = 0;
  endpoint.write = (prompt) => (prompt.includes('dev-') ? 'nothing' : solution);
  await controls.resume();
  await reaches('is in round 3', ({ phase, round }) => (phase === 'round' && round === 3) || phase === 'final');
  await noteRun();
  await campaignResult(client, campaign);
  await noteRun();
  return runs;
};

const fence = '```';
const solution = `The trace shows value 3 where another is expected, so the last line must change.\n\n${fence}python\ndef add(a, b):\n    return a + b\n${fence}`;
