import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { DrawnRound, ScoredModel } from './data.js';
import { estimatedKs } from './differences.js';
import { html, type Markup, trusted } from './html.js';
import { outcomes, sharesOf } from './outcomes.js';
import { estimateText, modelName } from './words.js';

const widthPx = 480;
const maxTicks = 13;

type Options = Parameters<typeof Plot.plot>[0];

/** An inline SVG with a title, drawn without a browser: the page needs no script. Labels in it are ours alone. */
export const draw = (title: string, options: Options): Markup => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({ document, width: widthPx, style: { fontSize: '12px' }, ...options });
  const heading = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  heading.textContent = title;
  svg.prepend(heading);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', title);
  return trusted(svg.outerHTML);
};

export const figure = (chart: Markup, caption: string): Markup => html`<figure>
${chart}
<figcaption>${caption}</figcaption>
</figure>
`;

const label = (round: number): string => (round === 0 ? 'base' : String(round));

/** Names every tick where there is room for it, else each second, fifth… */
const ticksOf = (labels: readonly string[]): string[] => {
  const step = Math.ceil(labels.length / maxTicks);
  return labels.filter((_, at) => at % step === 0);
};

interface Point {
  at: string;
  mean: number;
  low: number;
  high: number;
  says: string;
}

const pointsAt = (models: readonly ScoredModel[], k: number): Point[] =>
  models.flatMap(({ round, score }) => {
    const entry = score.passAtK.find((one) => one.k === k);
    if (!entry || !('mean' in entry)) return [];
    return [{ ...entry, at: label(round), says: `${modelName(round)}: pass@${k} ${estimateText(entry)} %` }];
  });

const passChart = (models: readonly ScoredModel[], k: number): Markup | undefined => {
  const points = pointsAt(models, k);
  const base = points[0];
  if (!base) return undefined;
  const rounds = points.slice(1);
  const labels = points.map(({ at }) => at);
  const highest = Math.max(0.05, ...points.map(({ high }) => high));
  const chart = draw(`pass@${k} on dev by round, with 95 % intervals. ${points.map(({ says }) => says).join('; ')}`, {
    height: 300,
    marginTop: 28,
    marginBottom: 36,
    marginLeft: 44,
    x: {
      type: 'point',
      domain: labels,
      ticks: ticksOf(labels),
      label: rounds.length > 0 ? 'round' : null,
      padding: 0.3,
    },
    y: { domain: [0, 100 * Math.min(1, highest * 1.08)], percent: true, grid: true, label: `pass@${k} on dev, %` },
    marks: [
      Plot.rect([base], { y1: 'low', y2: 'high', fill: 'var(--base)', fillOpacity: 0.13, inset: 0 }),
      Plot.ruleY([base], { y: 'mean', stroke: 'var(--base)', strokeDasharray: '4 4' }),
      Plot.ruleX([base], { x: 'at', y1: 'low', y2: 'high', stroke: 'var(--base)', strokeWidth: 2 }),
      Plot.dot([base], { x: 'at', y: 'mean', r: 5, symbol: 'square', fill: 'var(--base)', title: 'says' }),
      Plot.line(rounds, { x: 'at', y: 'mean', stroke: 'var(--tuned)', strokeWidth: 1.5 }),
      Plot.ruleX(rounds, { x: 'at', y1: 'low', y2: 'high', stroke: 'var(--tuned)', strokeWidth: 2 }),
      Plot.dot(rounds, { x: 'at', y: 'mean', r: 5, fill: 'var(--tuned)', title: 'says' }),
    ],
  });
  return figure(
    chart,
    `pass@${k} on dev. Square, dashed line and band: the base with its interval; circles: tuned models.`,
  );
};

/** pass@1 and the largest k that all models have an estimate of. */
export const passCharts = (models: readonly ScoredModel[]): Markup => {
  const ks = estimatedKs(models);
  const shown = [...new Set([ks[0], ks.at(-1)])];
  return html`<div class="charts">
${shown.map((k) => (k === undefined ? undefined : passChart(models, k)))}</div>
`;
};

/** What became of each round's training samples, in shares of those drawn. */
export const outcomeChart = (
  rounds: readonly (DrawnRound & { kept: number; keeps: 'passing' | 'failing' })[],
): Markup => {
  const shares = rounds.flatMap((round) => sharesOf(round).map((one) => ({ ...one, at: String(round.round) })));
  const chart = draw(
    "What became of each round's training samples, in shares of those drawn; the table has the counts",
    {
      height: 76 + 34 * rounds.length,
      marginBottom: 40,
      marginLeft: 44,
      y: { label: 'round', domain: rounds.map(({ round }) => String(round)) },
      x: { percent: true, domain: [0, 100], label: '% of the samples drawn' },
      color: { domain: outcomes.map(({ name }) => name), range: outcomes.map(({ colour }) => colour) },
      marks: [
        Plot.barX(shares, {
          y: 'at',
          x: 'share',
          fill: 'name',
          title: 'says',
          order: outcomes.map(({ name }) => name),
        }),
      ],
    },
  );
  const legend = outcomes.map(({ name, colour }) => html`<li><i style="background:${colour}"></i>${name}</li>`);
  return html`<ul class="legend" aria-hidden="true">${legend}</ul>
${figure(chart, "What became of each round's training samples.")}`;
};
