import { setTimeout as delay } from 'node:timers/promises';
import type { ComponentName } from '../../../adapters/supervisor/state.js';
import type { CampaignView } from '../../../client/campaigns.js';
import type { FakeEndpoint } from '../../fakes/endpoint.js';
import { accountOf } from './account.js';
import { look } from './campaign.js';
import { bringBack, killVictim } from './kill.js';
import { type Kill, rankOf } from './schedule.js';

export const longestMs = 600_000;
/** How long a kill whose moment has come waits for its victim, a trainer say, to be there. */
const patienceMs = 15_000;

interface Disturbed {
  stateDir: string;
  campaign: string;
  components: ComponentName[];
  endpoint?: FakeEndpoint | undefined;
  /** In the order of the steps that they wait for. */
  kills: readonly Kill[];
  told: (kill: Kill, processes: number, where: string) => void;
}

const whereOf = ({ progress, step }: CampaignView): string =>
  progress ? `round ${progress.round} ${step?.step ?? ''}` : 'the start';

/** Kills by schedule until the campaign is done. */
export const untilDoneUnder = async (disturbed: Disturbed): Promise<void> => {
  const { stateDir, campaign, components } = disturbed;
  const until = Date.now() + longestMs;
  const killNext = nextKill(disturbed);
  for (;;) {
    const view = await look(stateDir, campaign);
    if (view?.state === 'completed') return;
    if (Date.now() > until)
      throw new Error(`${campaign} did not end within ${longestMs} ms\n${await accountOf(stateDir, campaign)}`);
    if (view) await killNext(view);
    await bringBack(stateDir, components);
    await delay(50);
  }
};

/** Does the next kill once the campaign has come to its step, or has passed it: a short one is over before it is seen. */
const nextKill = ({ stateDir, endpoint, kills, told }: Disturbed): ((view: CampaignView) => Promise<void>) => {
  let next = 0;
  let reachedMs: number | undefined;
  return async (view) => {
    const kill = kills[next];
    if (!kill || rankOf(view.progress?.round ?? 0, view.step?.step) < rankOf(kill.round, kill.step)) return;
    reachedMs ??= Date.now();
    const lateMs = Date.now() - reachedMs - kill.afterMs;
    if (lateMs < 0) return;
    const processes = await killVictim(stateDir, kill.victim, endpoint);
    if (processes === 0 && lateMs < patienceMs) return;
    told(kill, processes, whereOf(view));
    next++;
    reachedMs = undefined;
  };
};
