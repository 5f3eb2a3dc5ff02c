import type { RetryStep } from '../../contract/control.js';
import type { CampaignView } from '../campaigns.js';

/** From where a round that failed in a step is best run again: what came before it is kept. */
const retryFrom: Record<string, RetryStep> = { select: 'select', 'fine-tune': 'fine-tune', dev: 'evaluate' };

const remedyOf = ({ campaign, progress, step }: CampaignView): string => {
  switch (progress?.hold?.by) {
    case 'budget':
      return `nextune budget ${campaign} --tokens, --usd or --hours changes the limit, nextune resume ${campaign} then goes on`;
    case 'approval':
      return `nextune approve ${campaign} lets it start, nextune stop ${campaign} ends the campaign`;
    case 'failure':
      return (
        `mend the cause, then nextune retry ${progress.round} ${campaign} --from ${retryFrom[step?.step ?? ''] ?? 'sample'}; ` +
        `what was answered is not asked again (nextune stop ${campaign} ends it instead)`
      );
    default:
      return `nextune resume ${campaign} goes on`;
  }
};

/** What people asked of a campaign, and what holds it. */
export const wishLines = (view: CampaignView): string[] => {
  const { state, progress } = view;
  if (state !== 'running' || !progress) return [];
  const { hold, stopAfterRound } = progress;
  return [
    ...(hold ? [`held (${hold.by}): ${hold.reason}`, `  what to do: ${remedyOf(view)}`] : []),
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
