import { createHash } from 'node:crypto';
import { growTree, inclusionProof, leafHash, merkleRoot, provesInclusion } from '../../../core/hash/merkle.js';
import { treeOfRows } from '../../../core/hash/rows-tree.js';

const sha = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leavesOf = (size: number): Buffer[] => Array.from({ length: size }, (_, at) => leafHash(`row ${at}`));

describe('the Merkle tree of RFC 9162', () => {
  it('hashes no leaf, one leaf and an unbalanced tree as section 2.1.1 defines', () => {
    const [a, b, c] = leavesOf(3) as [Buffer, Buffer, Buffer];
    const node = Buffer.from([1]);
    expect(merkleRoot([]).toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(leafHash('row 0')).toEqual(sha(Buffer.from([0]), Buffer.from('row 0')));
    expect(merkleRoot([a])).toEqual(a);
    expect(merkleRoot([a, b, c])).toEqual(sha(node, sha(node, a, b), c));
  });

  it.each([1, 2, 3, 5, 8, 13, 64, 100])(
    'proves every leaf of a tree of %i, and no flipped bit or other place',
    (size) => {
      const leaves = leavesOf(size);
      const root = merkleRoot(leaves);
      leaves.forEach((leaf, index) => {
        const proof = { leaf, index, size, path: inclusionProof(leaves, index), root };
        expect(provesInclusion(proof)).toBe(true);
        for (let at = 0; at < proof.path.length; at++) {
          const path = proof.path.map((hash) => Buffer.from(hash));
          const hash = path[at] as Buffer;
          hash.writeUInt8(hash.readUInt8(at) ^ (1 << (index % 8)), at);
          expect(provesInclusion({ ...proof, path })).toBe(false);
        }
        const other = leafHash('another row');
        expect(provesInclusion({ ...proof, leaf: other })).toBe(false);
        expect(provesInclusion({ ...proof, index: index + 1 })).toBe(false);
        expect(provesInclusion({ ...proof, path: [...proof.path, other] })).toBe(false);
        if (size > 1) expect(provesInclusion({ ...proof, path: proof.path.slice(1) })).toBe(false);
      });
    },
  );

  it('grows to the root of the whole list at every size', () => {
    const leaves = leavesOf(70);
    const tree = growTree();
    leaves.forEach((leaf, at) => {
      tree.add(leaf);
      expect(tree.root()).toEqual(merkleRoot(leaves.slice(0, at + 1)));
    });
  });

  it('takes each line of a JSON-lines object for a leaf', () => {
    const bytes = Buffer.from('{"a":1}\n{"b":"é"}\n');
    const root = merkleRoot([leafHash('{"a":1}'), leafHash('{"b":"é"}')]).toString('hex');
    expect(treeOfRows(bytes)).toEqual({ rows: 2, root: `sha256:${root}` });
    expect(treeOfRows(Buffer.alloc(0)).rows).toBe(0);
  });
});
