import { chain } from './chain.js';
import { passCharts } from './charts.js';
import type { ReportData } from './data.js';
import { galleryMarkup } from './gallery.js';
import { configurationFacts, headFacts, outcome } from './head.js';
import { html, type Markup, trusted } from './html.js';
import { lineagePicture } from './lineage.js';
import { faithfulnessTable, funnel, reasonTable, tokenTable, trainingTable } from './rounds.js';
import { differenceTable, method, scoreTable } from './scores.js';
import { style } from './style.js';

interface Part {
  id: string;
  title: string;
  body: Markup;
}

const partsOf = (data: ReportData): Part[] => {
  const { dev, withoutTrace, test, rounds, gallery } = data;
  const lineage = lineagePicture(data);
  const all: (Part | undefined)[] = [
    { id: 'campaign', title: 'The campaign', body: headFacts(data) },
    dev.length === 0
      ? undefined
      : {
          id: 'dev',
          title: 'Scores on dev, round by round',
          body: html`${passCharts(dev)}${scoreTable('Scores on dev.', dev)}${differenceTable('Paired difference to the base on dev.', dev)}${method}`,
        },
    splitPart('without-trace', 'Dev without a trace in the prompt', withoutTrace),
    splitPart('test', 'Test split, asked once', test),
    rounds.length === 0
      ? undefined
      : { id: 'selection', title: 'From samples to training data', body: html`${funnel(data)}` },
    { id: 'verdicts', title: 'Verdicts', body: reasonTable(data) },
    rounds.some(({ faithfulness }) => faithfulness !== undefined)
      ? { id: 'faithfulness', title: 'Faithfulness of rationales', body: faithfulnessTable(data) }
      : undefined,
    rounds.length === 0 ? undefined : { id: 'training', title: 'Training', body: trainingTable(data) },
    { id: 'tokens', title: 'Tokens', body: tokenTable(data) },
    gallery && { id: 'examples', title: 'Held-out examples', body: galleryMarkup(gallery) },
    { id: 'configuration', title: 'Configuration', body: configurationFacts(data) },
    lineage && { id: 'lineage', title: 'Lineage of the best checkpoint', body: lineage },
    { id: 'record', title: 'The record', body: chain(data) },
  ];
  return all.filter((part) => part !== undefined);
};

const splitPart = (id: string, title: string, models: ReportData['test']): Part | undefined =>
  models.length === 0
    ? undefined
    : {
        id,
        title,
        body: html`${scoreTable(`${title}.`, models)}${differenceTable('Paired difference to the base.', models)}`,
      };

/** Nothing may be loaded or run, whatever a candidate wrote: the page is text, styles and drawings. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A campaign's page: one self-contained HTML file. Equal data gives the same bytes. */
export const renderReport = (data: ReportData): string => {
  const parts = partsOf(data);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="nextune report">
<title>Nextune campaign ${data.campaign}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>Nextune campaign ${data.campaign}</h1>
${outcome(data)}<nav aria-label="Parts of this page"><ul>
${parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
</header>
<main>
${parts.map(({ id, title, body }) => html`<section id="${id}">\n<h2>${title}</h2>\n${body}</section>\n`)}</main>
</body>
</html>
`;
  return page.text;
};
