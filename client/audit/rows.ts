import type { z } from 'zod';
import type { RowsRef } from '../../contract/digest.js';
import { treeOfRows } from '../../core/hash/rows-tree.js';
import { type AuditCheck, type AuditFault, tally } from './check.js';
import { faultIn } from './fault-in.js';
import type { AuditRecord } from './record.js';

/** The checks that reading an object of rows feeds. */
export interface RowChecks {
  objects: AuditCheck;
  trees: AuditCheck;
  rows: AuditCheck;
}

/** Whose rows they are, for a fault's sake: the link, and what the manifest calls them. */
export interface RowsOf {
  link: string;
  what: string;
}

/** Reads an object that a manifest names. Undefined, and a fault, where it is gone or has other bytes. */
export const readObject = async (
  record: AuditRecord,
  objects: AuditCheck,
  digest: string,
  { link, what }: RowsOf,
): Promise<Buffer | undefined> => {
  try {
    const bytes = await record.read(digest);
    tally(objects, undefined);
    return bytes;
  } catch (error) {
    tally(objects, { link, object: digest, what: `${what}: ${faultIn(error)}` });
    return undefined;
  }
};

/** Reads an object of rows and checks its digest, its count, and its Merkle root where one was sealed. */
export const readTree = async (
  record: AuditRecord,
  checks: Pick<RowChecks, 'objects' | 'trees'>,
  ref: RowsRef,
  of: RowsOf,
): Promise<Buffer | undefined> => {
  const bytes = await readObject(record, checks.objects, ref.digest, of);
  if (!bytes) return undefined;
  const { rows, root } = treeOfRows(bytes);
  const fault = (what: string): AuditFault => ({ link: of.link, object: ref.digest, what: `${of.what}: ${what}` });
  if (rows !== ref.rows) tally(checks.trees, fault(`${rows} rows where ${ref.rows} were sealed`));
  else if (ref.root !== undefined && root !== ref.root)
    tally(checks.trees, fault(`its rows have Merkle root ${root}, and ${ref.root} was sealed`));
  else tally(checks.trees, undefined);
  return bytes;
};

/** The rows of such an object by their schema; a row that has not its shape is a fault and ends the reading. */
export const readRows = async <Row>(
  record: AuditRecord,
  checks: RowChecks,
  { ref, schema, ...of }: RowsOf & { ref: RowsRef; schema: z.ZodType<Row> },
): Promise<Row[] | undefined> => {
  const bytes = await readTree(record, checks, ref, of);
  if (!bytes) return undefined;
  const lines = bytes.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const rows: Row[] = [];
  for (const line of lines) {
    try {
      rows.push(schema.parse(JSON.parse(line)));
    } catch (error) {
      const what = `${of.what}, row ${rows.length + 1}: ${faultIn(error)}`;
      tally(checks.rows, { link: of.link, object: ref.digest, what });
      return undefined;
    }
  }
  return rows;
};
