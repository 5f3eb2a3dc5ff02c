import type { EvaluationRecord, Manifest } from '../../contract/manifest.js';
import { flakyWords } from '../../core/verdict/flaky.js';
import type { CampaignHistory, Happening, ShownSeal } from '../audit/show.js';
import { percent, points } from './numbers.js';

type Content = Manifest['content'];

const clock = (at: string): string => at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');

const sealTitle = ({ kind, round }: ShownSeal): string =>
  kind === 'round' ? `round ${round} sealed` : kind === 'base' ? 'base sealed' : 'campaign sealed';

const scoreLine = ({ name, model, score }: EvaluationRecord): string => {
  const values = score.passAtK.flatMap((entry) =>
    'mean' in entry ? [`pass@${entry.k} ${percent(entry.mean)} [${percent(entry.low)}, ${percent(entry.high)}]`] : [],
  );
  const without = score.passAtK.flatMap((entry) => ('mean' in entry ? [] : [entry.k]));
  if (without.length > 0) values.push(`no pass@${without.join('/')}`);
  const none = score.none > 0 ? `, ${score.none} without a verdict` : '';
  return `${name}, ${model.model}: ${values.join(', ')} (${score.samples} samples of ${score.tasks} tasks${none})`;
};

const countLine = ({ counts }: Content): string => {
  const { samples = 0, parsed = 0, pass = 0, fail = 0, none = 0, completionTokens = 0 } = counts;
  return `${samples} samples, ${parsed} with a program: ${pass} passed, ${fail} failed, ${none} without a verdict; ${completionTokens} tokens`;
};

const leftOutOf = ({ selection }: Content): string => {
  const left = Object.entries(selection?.leftOut ?? {}).filter(([, count]) => count > 0);
  return left.length === 0 ? '' : `; left out: ${left.map(([why, count]) => `${why} ${count}`).join(', ')}`;
};

const fineTuneLine = ({ produced, fineTune }: Content, seconds: number | undefined): string => {
  const { steps = 0, trainTokens = 0, finalLoss = 0 } = fineTune ?? {};
  const took = seconds === undefined ? '' : `, ${Math.round(seconds)} s`;
  return `fine-tuned the base to ${produced?.model}: ${steps} steps, ${trainTokens} tokens, loss ${finalLoss.toFixed(3)}${took}`;
};

const decisionLine = ({ next, reason, change }: NonNullable<Content['decision']>): string => {
  const words = { continue: 'goes on', stop: 'stops', rollBack: 'rolls back' }[next];
  const of = change
    ? `; pass@${change.k} ${points(change.difference)} [${points(change.low)}, ${points(change.high)}] against the best before`
    : '';
  return `decided: ${words}: ${reason}${of}`;
};

const contentLines = ({ manifest: { content, circumstances }, flakyTasks }: ShownSeal): string[] => [
  ...(content.kind === 'round' ? [`sampled from ${(content.sampledFrom ?? content.base).model}`] : []),
  countLine(content),
  ...(flakyTasks ? [`${content.counts.flaky} of the failed passed once and not again: ${flakyWords(flakyTasks)}`] : []),
  ...(content.training
    ? [`selected ${content.training.rows} samples of ${content.selection?.tasksSolved} tasks${leftOutOf(content)}`]
    : []),
  ...(content.produced && content.fineTune ? [fineTuneLine(content, circumstances.trainSeconds)] : []),
  ...content.evaluations.map(scoreLine),
  ...(content.decision ? [decisionLine(content.decision)] : []),
  ...(content.best === undefined
    ? []
    : [`best checkpoint: ${content.best === 0 ? 'the base' : `round ${content.best}`}`]),
  ...(content.ended === undefined ? [] : [`ended: ${content.ended}`]),
];

const circumstanceLines = ({ digest, signed, counts, manifest }: ShownSeal): string[] => {
  const { content, contentDigest, circumstances: of } = manifest;
  const machine = of.machine ? ` (${of.machine.platform} ${of.machine.arch}, Node ${of.machine.node})` : '';
  const attempt = (of.attempt ?? 1) > 1 ? `attempt ${of.attempt}; ` : '';
  return [
    `${attempt}code ${content.codeVersion} on ${of.host}${machine}; ${of.askedGroups} requests asked, ${of.recordedGroups} found in the ledger`,
    ...(counts ? [] : ['a later attempt took its place: it stays in the record and does not count']),
    ...(signed ? [] : ['sealed without a signature']),
    `manifest ${digest}`,
    `content  ${contentDigest}`,
  ];
};

const happeningLines = ({ at, by, event, seal }: Happening): string[] => {
  const what = seal ? sealTitle(seal) : `${event?.kind}: ${event?.summary}`;
  const round = !seal && event?.round !== undefined ? ` (in round ${event.round})` : '';
  const receipt = event?.details?.receipt;
  return [
    `${clock(at)}  ${what}${round}, by ${by}`,
    ...(receipt === undefined ? [] : [`    receipt: ${receipt}`]),
    ...(seal ? [...contentLines(seal), ...circumstanceLines(seal)].map((line) => `    ${line}`) : []),
  ];
};

/** A campaign's history as a person reads it. */
export const historyLines = ({ campaign, startedAt, configPath, happenings }: CampaignHistory): string[] => [
  `campaign ${campaign}, started ${clock(startedAt)} from ${configPath}`,
  ...happenings.flatMap(happeningLines),
  ...(happenings.length === 0 ? ['nothing is sealed yet'] : []),
];
