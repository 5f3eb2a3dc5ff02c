import type { Digest } from '../../contract/digest.js';
import type { Manifest } from '../../contract/manifest.js';
import type { Tree } from '../../contract/rows.js';
import { manifestPredicateType, type Statement, statementType } from '../../contract/statement.js';

type Subject = Statement['subject'][number];

const subject = (name: string, digest: Digest | string): Subject => ({
  name,
  digest: { sha256: digest.slice('sha256:'.length) },
});

/**
 * What a manifest speaks for, by SHA-256: its content part (canonical JSON), the adapter and each of its files, the
 * training set, and each score. `adapter` is the produced adapter's tree.
 */
export const subjectsOf = ({ content, contentDigest }: Manifest, adapter: Tree | undefined): Subject[] => [
  subject('content', contentDigest),
  ...(content.produced?.adapter ? [subject('adapter', content.produced.adapter)] : []),
  ...(adapter?.files ?? []).map(({ path, digest }) => subject(`adapter/${path}`, digest)),
  ...(content.training ? [subject('training.jsonl', content.training.digest)] : []),
  ...content.evaluations.map(({ name, score }) => subject(`score/${name}`, score.score)),
];

/** The in-toto statement that is signed. */
export const statementOf = (manifest: Manifest, adapter: Tree | undefined): Statement => ({
  _type: statementType,
  subject: subjectsOf(manifest, adapter),
  predicateType: manifestPredicateType,
  predicate: manifest,
});
