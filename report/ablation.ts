import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { ScoredModel } from './data.js';
import { html, trusted } from './html.js';
import { style } from './style.js';

export interface AblationArm {
  arm: string;
  base: ScoredModel;
  last: ScoredModel;
}

const points = (arms: readonly AblationArm[], k: number) =>
  arms.flatMap(({ arm, base, last }) =>
    [
      { who: 'base', model: base },
      { who: 'tuned', model: last },
    ].flatMap(({ who, model }) => {
      const entry = model.score.passAtK.find((one) => one.k === k);
      return entry && 'mean' in entry && (who === 'base' || last.round > 0) ? [{ arm, who, ...entry }] : [];
    }),
  );

const plot = (arms: readonly AblationArm[], k: number) => {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = Plot.plot({
    document,
    width: 720,
    height: 60 + 56 * arms.length,
    marginLeft: 160,
    x: { percent: true, grid: true, label: `pass@${k} on dev, %`, zero: true },
    fy: { domain: arms.map(({ arm }) => arm), label: null },
    y: { domain: ['base', 'tuned'], label: null, axis: null },
    marks: ['base', 'tuned'].flatMap((who) => {
      const mine = points(arms, k).filter((point) => point.who === who);
      const stroke = who === 'base' ? 'var(--base)' : 'var(--tuned)';
      return [
        Plot.ruleY(mine, { fy: 'arm', y: 'who', x1: 'low', x2: 'high', stroke, strokeWidth: 2 }),
        Plot.dot(mine, {
          fy: 'arm',
          y: 'who',
          x: 'mean',
          fill: stroke,
          r: 4,
          symbol: who === 'base' ? 'square' : 'circle',
        }),
      ];
    }),
  });
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `pass@${k} on dev of each arm, with 95 % intervals; the table has the figures`);
  return trusted(svg.outerHTML);
};

/** One page with the ablation's plot and its table: no script, nothing loaded. */
export const renderAblation = (title: string, arms: readonly AblationArm[], table: readonly string[]): string => {
  const cells = table.filter((_, at) => at !== 1).map((line) => line.slice(2, -2).split(' | '));
  const [header = [], ...rows] = cells;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${trusted(style)}</style></head>
<body><main><h1>${title}</h1>
<figure>${plot(arms, 1)}<figcaption>Square: the arm's base with shots. Circle: the model of its last round. Bars are 95 % intervals clustered by source problem.</figcaption></figure>
<table><thead><tr>${header.map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table>
</main></body></html>
`.text;
};
