import type { CampaignResult } from '../../contract/campaign.js';
import { gainLines } from './gain-lines.js';
import { print } from './output.js';
import { checkpointName, checkpointTable, scoreTable } from './score-table.js';

const section = (title: string, lines: string[]): void => {
  print();
  print(title);
  for (const line of lines) print(`  ${line}`);
};

/** What a finished campaign found, in percent with 95 % intervals. */
export const printResult = async (stateDir: string, result: CampaignResult): Promise<void> => {
  const best = checkpointName(result.best.round);
  const beside = ({
    base,
    best: score,
  }: {
    base: CampaignResult['best']['dev'];
    best: CampaignResult['best']['dev'];
  }) =>
    scoreTable([{ name: 'base (few-shot)', score: base }, ...(result.best.round === 0 ? [] : [{ name: best, score }])]);
  if (result.stopped !== undefined) section('The rounds ended early', [result.stopped]);
  section('Dev split, in percent with 95 % intervals', [
    ...checkpointTable(result.checkpoints),
    ...(await gainLines(stateDir, result.checkpoints)),
  ]);
  if (result.withoutTrace) section('Dev split without a trace in the prompt', beside(result.withoutTrace));
  if (result.test) section('Test split, scored once', beside(result.test));
  print();
  print(`Best by dev pass@1: ${best}${result.best.round === 0 ? '; no round was better than the base model' : ''}.`);
};
