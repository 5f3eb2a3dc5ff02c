import type { TokenCounts } from '../../activities/ports.js';
import type { Runtime } from '../../adapters/supervisor/runtime.js';
import type { CampaignEnd } from '../campaign-end.js';
import type { CampaignView } from '../campaigns.js';
import type { Trouble } from '../trouble.js';
import { decisionLines, wishLines } from './control-lines.js';
import { endLines } from './end-lines.js';
import { failingLines } from './failing-lines.js';
import { progressLine } from './progress-line.js';
import { checkpointTable } from './score-table.js';
import { interruptedLines, unservedLines } from './trouble-lines.js';

/** All that `nextune status` tells. */
export interface CampaignStatus {
  view: CampaignView;
  end: CampaignEnd | undefined;
  trouble: Trouble;
  spend: TokenCounts & { requests: number };
  requests: { unsettled: number; askedAgain: number };
  components: Runtime['components'];
  uiUrl?: string;
}

export const statusLines = (status: CampaignStatus, nowMs: number): string[] => {
  const { view, end, trouble, spend, requests, components, uiUrl } = status;
  return [
    `campaign ${view.campaign}: ${view.state}`,
    ...(view.state === 'running' ? [progressLine(view, nowMs)] : []),
    ...(end ? endLines(end) : []),
    ...(view.state === 'cancelled' || view.state === 'failed' ? [startAgain] : []),
    ...wishLines(view),
    ...unservedLines(trouble.unserved, nowMs),
    ...failingLines(trouble.failing, nowMs),
    ...interruptedLines(trouble.interrupted),
    ...checkpointTable(view.progress?.checkpoints ?? []).map((line) => `  ${line}`),
    ...decisionLines(view),
    `spent: ${spend.promptTokens} prompt and ${spend.completionTokens} completion tokens in ${spend.requests} requests`,
    ...requestLines(requests),
    ...components.map(({ name, state, reason }) => `${name}: ${state}${reason ? ` (${reason})` : ''}`),
    ...(uiUrl === undefined ? [] : [`Temporal's page: ${uiUrl}`]),
  ];
};

const startAgain = '  what to do: nextune run CONFIG starts it again, and asks for nothing that was answered';

/** Requests that may be paid twice: the answer of the first was never recorded. */
const requestLines = ({ unsettled, askedAgain }: CampaignStatus['requests']): string[] =>
  unsettled + askedAgain === 0
    ? []
    : [
        `requests: ${unsettled} without an answer yet, ${askedAgain} asked again after a crash or a broken answer (may be paid twice)`,
      ];
