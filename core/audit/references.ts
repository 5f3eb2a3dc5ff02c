import type { Digest, RowsRef } from '../../contract/digest.js';
import type { Manifest } from '../../contract/manifest.js';

/** An object that a manifest rests on, and how many rows it was said to have where it is rows. */
export interface Reference {
  digest: Digest;
  what: string;
  rows?: number;
  /** Merkle root over the rows, where it was sealed. */
  root?: Digest;
}

const ofRows = (what: string, ref: RowsRef): Reference => ({
  what,
  digest: ref.digest,
  rows: ref.rows,
  ...(ref.root !== undefined && { root: ref.root }),
});

type Shard = Manifest['content']['shards'][number];
const ofShards = (what: string, shards: readonly Shard[]): Reference[] =>
  shards.flatMap(({ samples, verdicts }, at) => [
    ofRows(`${what} samples, shard ${at}`, samples),
    ofRows(`${what} verdicts, shard ${at}`, verdicts),
  ]);

type Traced = Manifest['content']['shots'];
const ofTraced = (what: string, { tasks, traces }: Traced): Reference[] => [
  ofRows(`${what} tasks`, tasks),
  ofRows(`${what} traces`, traces),
];

const ofEnvironment = (environment: Manifest['content']['environment']): Reference[] =>
  Object.entries(environment ?? {}).flatMap(([what, digest]) => (digest === undefined ? [] : [{ what, digest }]));

/** Every object that a manifest names, each once, with what it is. */
export const referencesOf = ({ content, circumstances }: Manifest): Reference[] => {
  const all: Reference[] = [
    { what: 'configuration', digest: content.configuration },
    ...(content.dataset ? [ofRows('data set', content.dataset)] : []),
    ...ofEnvironment(content.environment),
    ...ofTraced('shots', content.shots),
    ...(content.problems ? ofTraced('problems', content.problems) : []),
    ...ofShards('filter', content.filter ?? []),
    ...ofShards('train', content.shards),
    ...(content.training ? [ofRows('training set', content.training)] : []),
    ...(content.produced?.adapter ? [{ what: 'adapter', digest: content.produced.adapter }] : []),
    ...content.evaluations.flatMap(({ name, problems, shards, score }) => [
      ...ofTraced(name, problems),
      ...ofShards(name, shards),
      { what: `${name} score`, digest: score.score },
    ]),
    ...circumstances.durations.map((ref, at) => ofRows(`durations, shard ${at}`, ref)),
  ];
  return [...new Map(all.map((reference) => [reference.digest, reference])).values()];
};
