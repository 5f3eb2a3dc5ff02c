import { reasonSchema } from '../contract/verdict.js';
import { flakyWords } from '../core/verdict/flaky.js';
import { outcomeChart } from './charts.js';
import type { DrawnRound, ReasonCounts, ReportData, Seal } from './data.js';
import { html, type Markup } from './html.js';
import { table } from './table.js';
import { count, duration, leftOutText, modelName, reasonText } from './words.js';

const sealOf = (data: ReportData, round: number): Seal | undefined =>
  data.seals.find(({ manifest: { content } }) => content.kind === 'round' && content.round === round);

const keeps = ({ configuration }: ReportData): 'passing' | 'failing' =>
  (configuration.selection as { keep?: string } | undefined)?.keep === 'failing' ? 'failing' : 'passing';

const leftOutWords = (leftOut: Record<string, number>, wanted: 'passing' | 'failing'): string =>
  Object.entries(leftOut)
    .filter(([, samples]) => samples > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, samples]) => `${leftOutText(reason, wanted)} ${count(samples)}`)
    .join('; ') || 'none';

const funnelRow = (data: ReportData, drawn: DrawnRound): string[] => {
  const content = sealOf(data, drawn.round)?.manifest.content;
  return [
    `round ${drawn.round}`,
    content?.sampledFrom?.model ?? '',
    count(content?.problems?.tasks.rows ?? 0),
    count(drawn.drawn),
    count(drawn.drawn - (drawn.reasons.unparsable ?? 0)),
    count(drawn.passed),
    count(content?.selection?.tasksSolved ?? 0),
    count(content?.training?.rows ?? 0),
    leftOutWords(content?.selection?.leftOut ?? {}, keeps(data)),
  ];
};

/** From the samples drawn to those trained on, round by round. */
export const funnel = (data: ReportData): Markup => {
  const kept = ({ round }: DrawnRound): number => sealOf(data, round)?.manifest.content.training?.rows ?? 0;
  const bars = data.rounds.map((round) => ({ ...round, kept: kept(round), keeps: keeps(data) }));
  return html`${outcomeChart(bars)}${table({
    caption:
      'Training samples by round: drawn, judged, kept. A left-out sample counts under the first reason that applies.',
    header: ['', 'sampled from', 'tasks', 'drawn', 'parsed', 'passed', 'tasks solved', 'kept', 'left out, and why'],
    rows: data.rounds.map((drawn) => funnelRow(data, drawn)),
    textColumns: [1, 8],
  })}`;
};

/** Verdicts by reason, of training samples and of each model on dev. Reasons that never came up have no column. */
export const reasonTable = ({ rounds, dev }: ReportData): Markup => {
  const rows: [string, ReasonCounts][] = [
    ...rounds.map(({ round, reasons }): [string, ReasonCounts] => [`round ${round}, train`, reasons]),
    ...dev.map(({ round, reasons }): [string, ReasonCounts] => [`${modelName(round)}, dev`, reasons]),
  ];
  const seen = reasonSchema.options.filter((reason) => rows.some(([, reasons]) => (reasons[reason] ?? 0) > 0));
  return html`${table({
    caption: 'Verdicts by reason: that of the first test that is not ok, visible tests before hidden ones.',
    header: ['samples of', ...seen.map(reasonText)],
    rows: rows.map(([name, reasons]) => [name, ...seen.map((reason) => count(reasons[reason] ?? 0))]),
  })}${flakyTable(rounds, dev)}`;
};

/** Tasks whose verdicts flipped; nothing where none did. */
const flakyTable = (rounds: ReportData['rounds'], dev: ReportData['dev']): Markup | undefined => {
  const rows = [
    ...rounds.map(({ round, flakyTasks }) => [`round ${round}, train`, flakyTasks] as const),
    ...dev.map(({ round, flakyTasks }) => [`${modelName(round)}, dev`, flakyTasks] as const),
  ].filter(([, flips]) => Object.keys(flips).length > 0);
  if (rows.length === 0) return undefined;
  return table({
    caption:
      'Samples that passed once and not again, and so failed: the tests or limits of these tasks are worth a look.',
    header: ['samples of', 'tasks', 'task, and how many samples'],
    rows: rows.map(([name, flips]) => [name, count(Object.keys(flips).length), flakyWords(flips)]),
    textColumns: [2],
  });
};

/** What rationales say of values, round by round: a passing fix says nothing of whether its reasons were true. */
export const faithfulnessTable = ({ rounds }: ReportData): Markup =>
  table({
    caption:
      'Rationales of training samples, their claims of values checked against the real trace and the visible tests. One false claim contradicts a rationale.',
    header: [
      '',
      'rationales',
      'supported',
      'contradicted',
      'nothing checkable',
      'claims supported',
      'claims contradicted',
      'claims not checkable',
    ],
    rows: rounds.flatMap(({ round, faithfulness }) => {
      if (!faithfulness) return [];
      const { rationales, byRationale, claims } = faithfulness;
      const { supported, contradicted, unchecked } = byRationale;
      const figures = [rationales, supported, contradicted, unchecked, ...Object.values(claims)];
      return [[`round ${round}`, ...figures.map(count)]];
    }),
  });

/** What each round trained, or why it did not. */
export const trainingTable = (data: ReportData): Markup => {
  const rounds = data.seals.filter(({ manifest }) => manifest.content.kind === 'round');
  return html`${table({
    caption: 'Fine-tuning by round, always from the base model.',
    header: ['', 'samples', 'steps', 'tokens trained on', 'last loss', 'precision', 'took', 'model'],
    rows: rounds.map(({ manifest: { content, circumstances } }) => {
      const { fineTune, training, produced } = content;
      const samples = count(training?.rows ?? 0);
      if (!fineTune) return [`round ${content.round}`, samples, '', '', '', '', '', 'none was trained'];
      const took = circumstances.trainSeconds === undefined ? '' : duration(circumstances.trainSeconds);
      const { steps, trainTokens, finalLoss, precision } = fineTune;
      const figures = [samples, count(steps), count(trainTokens), finalLoss.toFixed(3), precision, took];
      return [`round ${content.round}`, ...figures, produced?.model ?? ''];
    }),
    textColumns: [7],
  })}${rounds.map(({ manifest: { content } }) => (content.ended === undefined ? undefined : html`<p>${content.ended}.</p>\n`))}`;
};

const sealName = ({ manifest: { content } }: Seal): string =>
  content.kind === 'base' ? 'base' : content.kind === 'campaign' ? 'final scores' : `round ${content.round}`;

/** Tokens sampled under each seal; answers found in the ledger were not paid for again. */
export const tokenTable = ({ seals }: ReportData): Markup =>
  table({
    caption:
      'Samples and completion tokens under each seal, dev and test included. Groups found recorded were drawn by an earlier attempt and were not asked for again.',
    header: ['', 'samples', 'completion tokens', 'tokens a sample', 'groups asked for', 'groups found recorded'],
    rows: seals.map((seal) => {
      const { counts } = seal.manifest.content;
      const { askedGroups, recordedGroups } = seal.manifest.circumstances;
      const samples = counts.samples ?? 0;
      const tokens = counts.completionTokens ?? 0;
      const each = samples === 0 ? '' : (tokens / samples).toFixed(0);
      return [sealName(seal), count(samples), count(tokens), each, count(askedGroups), count(recordedGroups)];
    }),
  });
