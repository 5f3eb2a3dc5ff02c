import type { Digest } from '../../contract/digest.js';
import { growTree, leafHash } from './merkle.js';

const lineBreak = 10;

/** The rows of a JSON-lines object as exact bytes, without their line breaks. Text after the last one is a row too. */
export function* rowBytes(bytes: Uint8Array): Generator<Uint8Array> {
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(lineBreak, from);
    const to = end === -1 ? bytes.length : end;
    yield bytes.subarray(from, to);
    from = to + 1;
  }
}

/** Row count and Merkle root (RFC 9162) of a JSON-lines object, in one pass and in little memory. */
export const treeOfRows = (bytes: Uint8Array): { rows: number; root: Digest } => {
  const tree = growTree();
  for (const row of rowBytes(bytes)) tree.add(leafHash(row));
  return { rows: tree.size(), root: `sha256:${tree.root().toString('hex')}` };
};
