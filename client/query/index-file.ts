import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ObjectStore } from '../../activities/ports.js';
import { readEvents } from '../../adapters/audit/event-log.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { openCampaignReader } from '../campaign-reader.js';
import { type ObjectRows, type ObjectTable, objectColumns, objectRows, smallTables } from './tables.js';

/** Raised whenever the tables' columns change: an index made before is then made anew. */
const layout = 1;

const columnsOf = (table: ObjectTable): string =>
  Object.entries(objectColumns[table])
    .map(([name, type]) => `"${name}" ${type}`)
    .join(', ');
const structOf = (table: ObjectTable): string =>
  `{${Object.entries(objectColumns[table])
    .map(([name, type]) => `"${name}": '${type}'`)
    .join(', ')}}`;

/**
 * A campaign's rows as a DuckDB file, made from the store when the sealed record has changed since. It proves nothing
 * and may be deleted: each object is checked against its digest when it is read in.
 * @returns its path
 */
export const ensureIndex = async (stateDir: string, campaign: string): Promise<string> => {
  const reader = openCampaignReader(stateDir);
  const sealed = await reader.sealed(campaign);
  const events = await readEvents(openStorage(stateDir).eventFiles, campaign);
  const state = digestOfValue({ layout, manifests: sealed.map(({ entry }) => entry.manifest), events: events.length });
  const dir = join(stateDir, 'query');
  const path = join(dir, `${campaign}.${state.slice('sha256:'.length, 'sha256:'.length + 16)}.duckdb`);
  await mkdir(dir, { recursive: true });
  const there = (await readdir(dir)).filter((name) => name.startsWith(`${campaign}.`));
  if (there.some((name) => join(dir, name) === path)) return path;
  for (const name of there) await rm(join(dir, name), { force: true });
  const temporary = `${path}.${process.pid}.tmp`;
  await rm(temporary, { force: true });
  const instance = await DuckDBInstance.create(temporary);
  const connection = await instance.connect();
  for (const table of Object.keys(objectColumns) as ObjectTable[])
    await connection.run(`CREATE TABLE ${table} (round INTEGER, "set" VARCHAR, ${columnsOf(table)})`);
  for (const rows of objectRows(sealed)) await load(connection, { store: reader.store, beside: temporary }, rows);
  await loadSmall(connection, temporary, smallTables(sealed, events));
  connection.closeSync();
  instance.closeSync();
  await rename(temporary, path);
  return path;
};

/** Rows unpacked at a time: bounds what lies on disk twice. */
const batchBytes = 64 * 1024 * 1024;

/** Objects may be packed, or in a bucket: DuckDB gets their checked content, a batch at a time. */
const load = async (
  connection: DuckDBConnection,
  { store, beside }: { store: ObjectStore; beside: string },
  rows: ObjectRows,
): Promise<void> => {
  const file = `${beside}.rows.json`;
  const insert = `INSERT INTO ${rows.table} SELECT $round, $set, * FROM read_json($file, format = 'newline_delimited', columns = ${structOf(rows.table)})`;
  let bytes = 0;
  for (const [at, digest] of rows.digests.entries()) {
    const content = await store.get(digest);
    await writeFile(file, content, { flag: bytes === 0 ? 'w' : 'a' });
    bytes += content.length;
    if (bytes < batchBytes && at < rows.digests.length - 1) continue;
    if (bytes > 0) await connection.run(insert, { round: rows.round, set: rows.set, file });
    bytes = 0;
  }
  await rm(file, { force: true });
};

const loadSmall = async (
  connection: DuckDBConnection,
  beside: string,
  tables: ReturnType<typeof smallTables>,
): Promise<void> => {
  for (const [name, rows] of Object.entries(tables)) {
    const file = `${beside}.${name}.json`;
    await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await connection.run(
      `CREATE TABLE ${name} AS SELECT * FROM read_json($file, format = 'newline_delimited', sample_size = -1)`,
      { file },
    );
    await rm(file, { force: true });
  }
};
