import type { z } from 'zod';
import type { RowsRef } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import { treeOfRows } from '../core/hash/rows-tree.js';
import type { ObjectStore } from './ports.js';

/** Stores rows as JSON lines. Rows are built with their keys in a fixed order, so equal rows have equal digests. */
export const putRows = async (store: ObjectStore, rows: Iterable<unknown>): Promise<RowsRef> =>
  await putRowBytes(store, jsonLines(rows));

const pieceLength = 1024 * 1024;

/** Encoded piece by piece: a paper-sized training set as one string beside its rows takes hundreds of megabytes. */
const jsonLines = (rows: Iterable<unknown>): Buffer => {
  const pieces: Buffer[] = [];
  let lines = '';
  for (const row of rows) {
    lines += `${JSON.stringify(row)}\n`;
    if (lines.length < pieceLength) continue;
    pieces.push(Buffer.from(lines));
    lines = '';
  }
  return Buffer.concat([...pieces, Buffer.from(lines)]);
};

/** Stores what is JSON lines already, with the Merkle root that proves a row of it alone. */
export const putRowBytes = async (store: ObjectStore, bytes: Uint8Array): Promise<RowsRef> => ({
  digest: await store.putBulk(bytes),
  ...treeOfRows(bytes),
});

/** Parsed objects by digest, the one used longest ago first, and how many bytes they were parsed from. */
const recent = new Map<string, { rows: unknown[]; bytes: number }>();
let recentBytes = 0;
/** A paper-sized data set with its traces takes 60 MB of JSON lines, and about three times that as objects. */
const mostRecentBytes = 80 * 1024 * 1024;

const keep = (digest: string, entry: { rows: unknown[]; bytes: number }): void => {
  recent.set(digest, entry);
  recentBytes += entry.bytes;
  for (const [oldest, { bytes }] of recent) {
    if (recentBytes <= mostRecentBytes || recent.size === 1) return;
    recent.delete(oldest);
    recentBytes -= bytes;
  }
};

/** Reads rows back, checked by schema. Those used of late are kept parsed: every shard reads the same tasks. */
export const getRows = async <Row>(store: ObjectStore, ref: RowsRef, schema: z.ZodType<Row>): Promise<Row[]> => {
  const kept = recent.get(ref.digest);
  if (kept) {
    recent.delete(ref.digest);
    recent.set(ref.digest, kept);
    return kept.rows as Row[];
  }
  const bytes = await store.get(ref.digest);
  const rows = parseRows(bytes, ref, schema);
  if (!recent.has(ref.digest)) keep(ref.digest, { rows, bytes: bytes.length });
  return rows;
};

/** Reads rows that are read once, object by object: a round's verdicts and samples are many times its tasks. */
export const eachRows = async function* <Row>(
  store: ObjectStore,
  refs: readonly RowsRef[],
  schema: z.ZodType<Row>,
): AsyncGenerator<Row[]> {
  for (const ref of refs) yield parseRows(await store.get(ref.digest), ref, schema);
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
