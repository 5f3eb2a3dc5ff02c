import { InputError } from '../../contract/failures.js';
import { trainingRowSchema } from '../../contract/rows.js';
import { around, drawIds, type LineageGraph, lineageOf } from '../../core/audit/lineage.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';
import { findRow, parseRowName, type RowName, verdictAt } from './find-row.js';

export interface Lineage extends LineageGraph {
  thing: string;
  /** Ids of what it came from, and of what it influenced. */
  up: string[];
  down: string[];
}

/**
 * Where a thing came from and what it influenced. A thing is a round's checkpoint (`round-2`), a sample or verdict
 * (`TASK:INDEX`, with `@round-2/train` where needed), a node's id (`score round-1/dev`), or an object's digest.
 * @throws InputError that lists what there is
 */
export const findLineage = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  thing: string,
): Promise<Lineage> => {
  const contents = sealed.map(({ manifest }) => manifest.content);
  const graph = lineageOf(contents);
  const row = parseRowName(thing);
  if (row) return await lineageOfRow(reader, sealed, graph, row);
  const round = /^(?:round|checkpoint)[- ](\d+)$/.exec(thing)?.[1];
  const made = contents.find((content) => content.kind === 'round' && content.round === Number(round))?.produced;
  const wanted = round === undefined ? thing : `model ${made?.digest}`;
  const node = graph.nodes.find(({ id, digest }) => id === wanted || (digest !== undefined && digest === wanted));
  if (node) return { thing: node.id, ...around(graph, node.id) };
  throw new InputError(`no ${thing} in this campaign; there is ${graph.nodes.map(({ id }) => id).join(', ')}`);
};

/** A row hangs between its tasks and model, and what was made of its draw: a score, or the training set that holds it. */
const lineageOfRow = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
  graph: LineageGraph,
  name: RowName,
): Promise<Lineage> => {
  const found = await findRow(reader, sealed, name);
  const { content } = found.round.manifest;
  const ids = drawIds(content, found.draw.name);
  const sample = `sample ${name.taskId}:${name.index}@${found.where}`;
  const verdict = sample.replace('sample', 'verdict');
  const judged = await verdictAt(reader, found);
  const trained = await isTrainedOn(reader, content.training, name);
  const influenced =
    found.draw.name === 'train'
      ? trained
        ? [`training round-${content.round}`]
        : []
      : found.draw.score
        ? [ids.score]
        : [];
  const whole: LineageGraph = {
    nodes: [
      ...graph.nodes,
      { id: sample, kind: 'row', label: sample, digest: found.shard.samples.digest },
      {
        id: verdict,
        kind: 'row',
        label: `${verdict} (${judged?.verdict}, ${judged?.reason})`,
        digest: found.shard.verdicts.digest,
      },
    ],
    edges: [
      ...graph.edges,
      ...graph.edges.filter(({ to }) => to === ids.samples).map(({ from }) => ({ from, to: sample })),
      { from: sample, to: verdict },
      ...influenced.map((to) => ({ from: verdict, to })),
    ],
  };
  return { thing: sample, ...around(whole, sample) };
};

const isTrainedOn = async (
  reader: CampaignReader,
  training: SealedRound['manifest']['content']['training'],
  { taskId, index }: RowName,
): Promise<boolean> => {
  if (!training) return false;
  const rows = await reader.rows(training, trainingRowSchema);
  return rows.some((row) => row.taskId === taskId && row.index === index);
};
