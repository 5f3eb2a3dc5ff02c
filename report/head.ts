import type { ReportData, ScoredModel } from './data.js';
import { differenceAtK } from './differences.js';
import { html, type Markup } from './html.js';
import { facts } from './table.js';
import { count, counted, differenceText, digestCode, estimateText, modelName, time } from './words.js';

/** A URL may carry a name and a password: neither belongs on a page that is passed on. */
const withoutCredentials = (text: string): string => text.replace(/\/\/[^/@\s]*@/g, '//…@');

const valueText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  if (value !== null && typeof value === 'object') {
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${valueText(inner)}`)
      .join(', ');
  }
  return withoutCredentials(String(value));
};

export const configurationFacts = ({ configuration }: ReportData): Markup =>
  facts(Object.entries(configuration).map(([name, value]) => [name, valueText(value)]));

const bestOf = ({ seals, dev }: ReportData): ScoredModel | undefined => {
  const best = seals.find(({ manifest }) => manifest.content.kind === 'campaign')?.manifest.content.best;
  return dev.find(({ round }) => round === best);
};

const passAt1Text = ({ score }: ScoredModel): string => {
  const first = score.passAtK.find(({ k }) => k === 1);
  return first && 'mean' in first ? `${estimateText(first)} %` : 'not estimated';
};

const comparison = (base: ScoredModel, best: ScoredModel): string => {
  const difference = differenceAtK(base, best, 1);
  if (!difference) return 'Too few problems for a paired difference.';
  const { low, high } = difference;
  const shown = low > 0 || high < 0 ? '' : ' The interval holds 0: no difference is shown.';
  return `Paired difference on ${counted(difference.clusters, 'problem')}: ${differenceText(difference)} points.${shown}`;
};

/** The campaign's outcome in two sentences, as far as it has come. */
export const outcome = (data: ReportData): Markup => {
  const base = data.dev.find(({ round }) => round === 0);
  const best = bestOf(data);
  const scored = base ? `The base solves ${passAt1Text(base)} of dev at the first try (pass@1).` : '';
  if (!best || !base) {
    return html`<p class="outcome">The campaign has not ended: this page shows what was sealed so far. ${scored}</p>\n`;
  }
  if (best.round === 0) {
    const why =
      data.dev.length > 1 ? 'No round did better on dev than the base' : 'No round made a model that was scored';
    return html`<p class="outcome">${why}, so the base stays the best model. ${scored}</p>\n`;
  }
  return html`<p class="outcome">Best on dev is ${modelName(best.round)}: pass@1 ${passAt1Text(best)}. ${scored} ${comparison(base, best)}
<span class="note">The best of several rounds was chosen by this same score, which favours it; the test split is asked once, at the end.</span></p>
`;
};

const totals = ({ seals }: ReportData): string => {
  const sum = (name: string): number =>
    seals.reduce((all, { manifest }) => all + (manifest.content.counts[name] ?? 0), 0);
  return (
    `${counted(sum('samples'), 'sample')} judged: ${count(sum('pass'))} passed, ${count(sum('fail'))} failed, ` +
    `${count(sum('none'))} without a verdict; ${counted(sum('completionTokens'), 'completion token')}`
  );
};

/** What was run, from which code, when. */
export const headFacts = (data: ReportData): Markup => {
  const { seals, configuration, startedAt } = data;
  const first = seals[0]?.manifest.content;
  const last = seals.at(-1);
  const ended = last?.manifest.content.kind === 'campaign';
  const rounds = seals.filter(({ manifest }) => manifest.content.kind === 'round').length;
  const stopped = last?.manifest.content.ended;
  return facts([
    ['campaign', html`<code>${data.campaign}</code>`],
    ['state', ended ? (stopped === undefined ? 'ended' : `ended early: ${stopped}`) : 'not ended'],
    ['rounds', `${rounds} sealed of ${valueText(configuration.rounds)}`],
    ['base model', first && html`${first.base.model} ${digestCode(first.base.digest)}`],
    ['started', time(startedAt)],
    ['last sealed', last && time(last.manifest.circumstances.sealedAt)],
    ['seed', valueText(configuration.seed)],
    ['code version', first && html`<code>${first.codeVersion}</code>`],
    ['prompt version', first && html`<code>${first.promptVersion}</code>`],
    ['tasks', tasksText(data)],
    ['counts', totals(data)],
    ['configuration', first && digestCode(first.configuration)],
    ['record', last && digestCode(last.manifest.contentDigest)],
  ]);
};

const tasksText = ({ seals, dev, test }: ReportData): string => {
  const train = seals[0]?.manifest.content.problems?.tasks.rows ?? 0;
  const split = (name: string, models: readonly ScoredModel[]): string =>
    models[0] ? `, ${count(models[0].score.tasks)} ${name}` : '';
  return `${count(train)} train${split('dev', dev)}${split('test', test)}`;
};
