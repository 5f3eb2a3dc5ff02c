import type { z } from 'zod';
import type { RowsRef } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import { treeOfRows } from '../core/hash/rows-tree.js';
import type { ObjectStore } from './ports.js';

/** Stores rows as JSON lines. Rows are built with their keys in a fixed order, so equal rows have equal digests. */
export const putRows = async (store: ObjectStore, rows: readonly unknown[]): Promise<RowsRef> =>
  await putRowBytes(store, Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));

/** Stores what is JSON lines already, with the Merkle root that proves a row of it alone. */
export const putRowBytes = async (store: ObjectStore, bytes: Uint8Array): Promise<RowsRef> => ({
  digest: await store.put(bytes),
  ...treeOfRows(bytes),
});

const recent = new Map<string, unknown[]>();
const recentObjects = 16;

/** Reads rows back, checked by schema. The latest few objects are kept: every shard reads the same tasks. */
export const getRows = async <Row>(store: ObjectStore, ref: RowsRef, schema: z.ZodType<Row>): Promise<Row[]> => {
  const kept = recent.get(ref.digest);
  if (kept) return kept as Row[];
  const rows = parseRows(await store.get(ref.digest), ref, schema);
  recent.set(ref.digest, rows);
  if (recent.size > recentObjects) recent.delete(recent.keys().next().value ?? '');
  return rows;
};

const parseRows = <Row>(bytes: Buffer, ref: RowsRef, schema: z.ZodType<Row>): Row[] => {
  const lines = bytes.toString('utf8').split('\n').filter(Boolean);
  if (lines.length !== ref.rows) {
    throw new NextuneFailure(
      'storeCorrupt',
      `object ${ref.digest} has ${lines.length} rows where ${ref.rows} were recorded`,
    );
  }
  return lines.map((line, at) => {
    const parsed = schema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    throw new NextuneFailure('storeCorrupt', `object ${ref.digest}, row ${at + 1}: ${parsed.error.message}`);
  });
};
