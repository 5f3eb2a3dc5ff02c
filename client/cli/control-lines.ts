import type { CampaignView } from '../campaigns.js';
import { formatDuration } from './progress-line.js';

const remedies = {
  person: 'nextune resume goes on',
  budget: 'nextune budget changes the limit, nextune resume goes on',
  approval: 'nextune approve lets it start',
  failure: 'nextune retry ROUND --from STEP runs it again, nextune stop ends the campaign',
};

/** What people asked of a campaign, and what holds it. */
export const wishLines = ({ state, progress }: CampaignView, nowMs = Date.now()): string[] => {
  if (state !== 'running' || !progress) return [];
  const { hold, stopAfterRound } = progress;
  return [
    ...(hold
      ? [`held for ${formatDuration(nowMs - hold.sinceMs)}: ${hold.reason}`, `  what to do: ${remedies[hold.by]}`]
      : []),
    ...(stopAfterRound === undefined ? [] : [`ends after this round: ${stopAfterRound}`]),
  ];
};

/** What the rounds' numbers decided, where it was not just to go on. */
export const decisionLines = ({ progress }: CampaignView): string[] =>
  (progress?.checkpoints ?? []).flatMap(({ round, decision }) =>
    decision && decision.next !== 'continue'
      ? [`round ${round}: ${decision.next === 'stop' ? 'early stop' : 'rolled back'}: ${decision.reason}`]
      : [],
  );
