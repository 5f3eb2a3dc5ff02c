import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { readRuntime } from '../../adapters/supervisor/runtime.js';
import { InputError } from '../../contract/failures.js';
import { type CampaignView, viewCampaign } from '../campaigns.js';
import { withFirstGuess } from '../first-guess.js';
import { noTrouble, troubleOf } from '../trouble.js';
import { wishLines } from './control-lines.js';
import { failingLines } from './failing-lines.js';
import { gainLines } from './gain-lines.js';
import { print } from './output.js';
import { progressLine, stepName } from './progress-line.js';
import { checkpointTable } from './score-table.js';
import { unservedLines } from './trouble-lines.js';

const pollMs = 1000;
const plainLineEveryMs = 30_000;
/** Polls between two looks at what fails: it asks about every workflow of the campaign. */
const failingEvery = 5;

export interface Followed {
  campaign: string;
  /** Where its record lies. */
  stateDir: string;
}

/**
 * Shows a campaign until it ends, needs a person to go on, or `signal` aborts: one live line on a terminal, plain lines
 * elsewhere.
 */
export const followCampaign = async (
  client: Client,
  { campaign, stateDir }: Followed,
  signal: AbortSignal,
): Promise<CampaignView> => {
  const screen = process.stdout.isTTY ? liveScreen() : plainScreen();
  let scored = 0;
  let said = '';
  for (let poll = 0; ; poll++) {
    const view = await viewHere(client, campaign, stateDir).catch((error: unknown) => {
      if (error instanceof InputError) throw error;
      return undefined;
    });
    const checkpoints = view?.progress?.checkpoints ?? [];
    if (view && checkpoints.length > scored) {
      scored = checkpoints.length;
      screen.clear();
      print();
      for (const line of checkpointTable(checkpoints)) print(`  ${line}`);
      for (const line of await gainLines(stateDir, checkpoints)) print(`  ${line}`);
      print();
    }
    if (view && (view.state !== 'running' || view.progress?.hold?.by === 'failure')) {
      screen.clear();
      return view;
    }
    const lines = view?.progress?.hold
      ? wishLines(view)
      : poll % failingEvery === 0
        ? await troubles(client, campaign, stateDir)
        : [];
    const news = lines.filter((line) => line.startsWith('  ')).join('\n');
    if (news !== '' && news !== said) {
      said = news;
      screen.clear();
      for (const line of lines) print(line);
    }
    screen.show(view ? progressLine(view, Date.now()) : 'the Temporal server does not answer right now; waiting', view);
    await delay(pollMs, undefined, { signal });
  }
};

const viewHere = async (client: Client, campaign: string, stateDir: string): Promise<CampaignView> =>
  await withFirstGuess(await viewCampaign(client, campaign), (await readRuntime(stateDir))?.engineUrl, Date.now());

/** What is tried again and why, for a watcher who would only see that nothing moves. */
const troubles = async (client: Client, campaign: string, stateDir: string): Promise<string[]> => {
  const components = (await readRuntime(stateDir))?.components ?? [];
  const { failing, unserved } = await troubleOf(client, campaign, components).catch(() => noTrouble);
  const nowMs = Date.now();
  return [...unservedLines(unserved, nowMs), ...failingLines(failing, nowMs)];
};

interface Screen {
  show(line: string, view: CampaignView | undefined): void;
  clear(): void;
}

const liveScreen = (): Screen => ({
  show: (line) => {
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  },
  clear: () => {
    process.stdout.write('\r\x1b[K');
  },
});

/** A line when the step changes, and one now and then while it goes on. */
const plainScreen = (): Screen => {
  let lastStep = '';
  let lastAtMs = 0;
  return {
    show: (line, view) => {
      const step = `${view?.progress?.hold?.sinceMs}/${view?.progress?.phase}/${view?.progress?.round}/${stepName(view?.step?.step ?? '')}`;
      if (step === lastStep && Date.now() - lastAtMs < plainLineEveryMs) return;
      lastStep = step;
      lastAtMs = Date.now();
      print(line);
    },
    clear: () => undefined,
  };
};
