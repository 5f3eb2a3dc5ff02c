import { createHash } from 'node:crypto';

const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** Hash of a leaf (RFC 9162, 2.1.1): the prefix keeps a leaf from passing for a node. */
export const leafHash = (entry: Uint8Array | string): Buffer =>
  createHash('sha256').update(leafPrefix).update(entry).digest();

const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer =>
  createHash('sha256').update(nodePrefix).update(left).update(right).digest();

/** A Merkle tree that only grows, in memory of the logarithm of its size. */
export interface GrowingTree {
  add(leaf: Uint8Array): void;
  size(): number;
  /** Hash of the empty string for no leaf (RFC 9162, 2.1.1). */
  root(): Buffer;
}

/** Keeps the roots of the complete subtrees that the leaves so far fall into, largest first. */
export const growTree = (): GrowingTree => {
  const roots: { size: number; hash: Uint8Array }[] = [];
  let count = 0;
  return {
    size: () => count,
    add(leaf) {
      count++;
      let one = { size: 1, hash: leaf };
      while (roots.at(-1)?.size === one.size) {
        const left = roots.pop() as (typeof roots)[number];
        one = { size: left.size + one.size, hash: nodeHash(left.hash, one.hash) };
      }
      roots.push(one);
    },
    root() {
      const hashes = roots.map(({ hash }) => hash);
      const last = hashes.pop();
      if (!last) return createHash('sha256').digest();
      return Buffer.from(hashes.reduceRight((right, left) => nodeHash(left, right), last));
    },
  };
};

/** Merkle tree hash of a list of leaf hashes (RFC 9162, 2.1.1). */
export const merkleRoot = (leaves: Iterable<Uint8Array>): Buffer => {
  const tree = growTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
};

/** The largest power of two that is smaller than n, for n > 1. */
const splitOf = (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1);

/** Inclusion proof of the leaf at `index` (RFC 9162, 2.1.3.1), from the leaf up. @throws RangeError beyond the leaves */
export const inclusionProof = (leaves: readonly Uint8Array[], index: number): Buffer[] => {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length)) {
    throw new RangeError(`leaf ${index} is not among ${leaves.length}`);
  }
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const left = leaves.slice(0, split);
  const right = leaves.slice(split);
  return index < split
    ? [...inclusionProof(left, index), merkleRoot(right)]
    : [...inclusionProof(right, index - split), merkleRoot(left)];
};

/** Checks an inclusion proof as RFC 9162, 2.1.3.2 does: with the leaf, its place, the size and the root alone. */
export const provesInclusion = (proof: {
  leaf: Uint8Array;
  index: number;
  size: number;
  path: readonly Uint8Array[];
  root: Uint8Array;
}): boolean => {
  const { leaf, index, size, path, root } = proof;
  if (!Number.isInteger(index) || !Number.isInteger(size) || index < 0 || index >= size) return false;
  let at = index;
  let last = size - 1;
  let hash: Uint8Array = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && Buffer.compare(hash, root) === 0;
};
