import * as Plot from '@observablehq/plot';
import { around, type LineageEdge, type LineageGraph, type LineageNode, lineageOf } from '../core/audit/lineage.js';
import { draw, figure } from './charts.js';
import type { ReportData } from './data.js';
import { html, type Markup } from './html.js';

/** A node's place: its column by what it is, its row by the draw it belongs to. */
interface Placed extends LineageNode {
  column: number;
  row: number;
  /** On the way to the best checkpoint. */
  within: boolean;
}

const columns = ['data set', 'tasks', 'samples', 'verdicts', 'training set, score', 'model'] as const;
const columnOf = ({ kind, label }: LineageNode): number =>
  kind === 'data'
    ? label.startsWith('data set')
      ? 0
      : 1
    : ({ samples: 2, verdicts: 3, model: 5 }[kind as string] ?? 4);

/** `round-1/train` of `samples round-1/train`; a training set belongs to its round's samples. */
const drawOf = ({ id, kind }: LineageNode): string =>
  kind === 'training' ? `${id.slice(id.indexOf(' ') + 1)}/train` : id.slice(id.indexOf(' ') + 1);

/** A row each draw, in the order they were made. What has none stands where it was made, or is first used. */
const rowsOf = ({ nodes, edges }: LineageGraph): Map<string, number> => {
  const draws = new Map(nodes.filter(({ kind }) => kind === 'samples').map((node, row) => [drawOf(node), row]));
  const rows = new Map<string, number>();
  for (const node of nodes) {
    const row = draws.get(drawOf(node));
    if (row !== undefined) rows.set(node.id, row);
  }
  const beside = (id: string): number | undefined => {
    const made = edges.find(({ from, to }) => to === id && from.startsWith('training'));
    const used = edges.find(({ from, to }) => from === id && rows.has(to));
    return rows.get(made?.from ?? '') ?? rows.get(used?.to ?? '');
  };
  for (const { id } of nodes) if (!rows.has(id)) rows.set(id, beside(id) ?? 0);
  return rows;
};

const bestModel = ({ seals }: ReportData): string | undefined => {
  const contents = seals.map(({ manifest }) => manifest.content);
  const best = contents.find(({ kind }) => kind === 'campaign')?.best;
  const made = contents.filter(({ produced }) => produced);
  const content = best === undefined ? made.at(-1) : made.find(({ round }) => round === best);
  const model = content?.produced ?? contents[0]?.base;
  return model && `model ${model.digest}`;
};

/** Names of ours alone: a model's own could hold anything. */
const shortName = (node: Placed, graph: LineageGraph): string => {
  const rows = /\((\d+)(?: rows)?\)$/.exec(node.label)?.[1];
  if (node.kind === 'score') return /pass@1 [\d.]+$/.exec(node.label)?.[0] ?? 'score';
  if (node.kind !== 'model') return rows ?? '';
  const training = graph.edges.find(({ from, to }) => to === node.id && from.startsWith('training'))?.from;
  return training === undefined ? 'base' : (training.split(' ')[1] ?? '').replace('-', ' ');
};

const placesOf = (data: ReportData, whole: LineageGraph): Placed[] => {
  const rows = rowsOf(whole);
  const best = bestModel(data);
  const up = new Set(best === undefined ? [] : [best, ...around(whole, best).up]);
  return whole.nodes.map((node) => ({
    ...node,
    column: columnOf(node),
    row: rows.get(node.id) ?? 0,
    within: up.has(node.id),
  }));
};

/** Traces go where their tasks go: they are in the text, and left out of the picture. */
const withoutTraces = ({ nodes, edges }: LineageGraph): LineageGraph => {
  const shown = nodes.filter(({ label }) => !label.startsWith('traces of'));
  const ids = new Set(shown.map(({ id }) => id));
  return { nodes: shown, edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
};

const rowPx = 34;
const strong = 'var(--tuned)';
const faint = 'var(--line)';

/** The campaign's whole lineage as a drawing, with the way to its best checkpoint told from the rest; none of no draw. */
export const lineagePicture = (data: ReportData): Markup | undefined => {
  const graph = withoutTraces(lineageOf(data.seals.map(({ manifest }) => manifest.content)));
  if (graph.nodes.length === 0) return undefined;
  const places = placesOf(data, graph);
  const at = new Map(places.map((node) => [node.id, node]));
  const lines = graph.edges.flatMap(({ from, to }: LineageEdge) => {
    const [a, b] = [at.get(from), at.get(to)];
    return a && b ? [{ x1: a.column, y1: a.row, x2: b.column, y2: b.row, within: a.within && b.within }] : [];
  });
  const onWay = (wanted: boolean) => lines.filter(({ within }) => within === wanted);
  const line = (wanted: boolean) =>
    Plot.arrow(onWay(wanted), {
      x1: 'x1',
      y1: 'y1',
      x2: 'x2',
      y2: 'y2',
      stroke: wanted ? strong : faint,
      strokeWidth: wanted ? 1.6 : 1,
      bend: 12,
      inset: 8,
      headLength: 5,
    });
  const names = places.filter(({ kind }) => kind === 'samples').map((node) => ({ row: node.row, name: drawOf(node) }));
  const within = places.filter((node) => node.within).length;
  const chart = draw(
    `What the best checkpoint came from: ${within} of ${places.length} things of the campaign, ${onWay(true).length} of ${lines.length} steps`,
    {
      width: 800,
      height: 64 + rowPx * names.length,
      marginTop: 40,
      marginBottom: 24,
      marginLeft: 190,
      marginRight: 60,
      x: { domain: [0, columns.length - 1], axis: null },
      y: { domain: [-0.5, names.length - 0.5], reverse: true, axis: null },
      marks: [
        Plot.text(columns, {
          x: (_, index: number) => index,
          text: (name: string) => name,
          frameAnchor: 'top',
          dy: -26,
          fontWeight: 'bold',
        }),
        Plot.text(names, {
          y: 'row',
          text: 'name',
          frameAnchor: 'left',
          textAnchor: 'end',
          dx: -16,
          fill: 'var(--quiet)',
        }),
        line(false),
        line(true),
        Plot.dot(places, {
          x: 'column',
          y: 'row',
          r: 5,
          fill: ({ within: is }: Placed) => (is ? strong : 'var(--base)'),
        }),
        Plot.text(places, {
          x: 'column',
          y: 'row',
          text: (node: Placed) => shortName(node, graph),
          dy: -12,
          fontSize: 11,
        }),
      ],
    },
  );
  return html`<div class="scroll lineage">${figure(chart, 'Every draw of the campaign, a line each, with its rows. Blue: what the best checkpoint came from. An arrow from a model to samples: it drew them.')}</div>
<p class="note"><code>nextune audit lineage round-N</code> (or a sample, a score, a digest) lists the same as text, with digests.</p>
`;
};
