import type { Command } from 'commander';
import type { CampaignControl } from '../../contract/control.js';
import { findCampaign } from '../campaign-folder.js';
import { connect } from '../campaigns.js';
import { type CampaignControls, controlCampaign } from '../control.js';
import { runtimeHere } from './campaign-session.js';
import { exitStatus, print, printError, printJson, runAction } from './output.js';

interface Wish<Options, Before extends unknown[], Answer> {
  ask: (controls: CampaignControls, options: Options, ...before: Before) => Promise<Answer>;
  /** What a person reads once it is granted. */
  say: (options: Options, answer: Answer, ...before: Before) => string;
}

const patienceMs = 5000;

/** Says so, once, where an answer keeps a person waiting: without a worker nobody takes a wish, for as long as that lasts. */
export const tellingWait = async <Answer>(
  answer: Promise<Answer>,
  say: (line: string) => void,
  afterMs = patienceMs,
): Promise<Answer> => {
  const timer = setTimeout(
    () => say('still waiting for an answer: nextune status says whether a worker runs, and what keeps it'),
    afterMs,
  );
  return await answer.finally(() => clearTimeout(timer));
};

/** Makes a command of one wish to a campaign: the campaign's name last, where its state lies, and JSON on demand. */
export const addControl = <Options, Before extends unknown[] = [], Answer = CampaignControl>(
  command: Command,
  { ask, say }: Wish<Options, Before, Answer>,
): Command => {
  const act = async (...given: unknown[]): Promise<number> => {
    const options = given.at(-2) as Options & { stateDir: string; json?: boolean };
    const wanted = given.at(-3) as string | undefined;
    const before = given.slice(0, -3) as Before;
    const { campaign } = await findCampaign(options.stateDir, wanted);
    const client = await connect((await runtimeHere(options.stateDir)).temporalAddress);
    try {
      const answer = await tellingWait(ask(controlCampaign(client, campaign), options, ...before), printError);
      if (options.json) printJson({ campaign, ...(answer && { control: answer }) });
      else print(`campaign ${campaign}: ${say(options, answer, ...before)}`);
      return exitStatus.ok;
    } finally {
      await client.connection.close();
    }
  };
  return command
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .option('--json', 'as JSON')
    .action(runAction(act));
};
