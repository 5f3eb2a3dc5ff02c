import { open, stat } from 'node:fs/promises';
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { fileWriter, parquetWriteRows, type SchemaElement } from 'hyparquet-writer';
import { InputError } from '../../contract/failures.js';

/** The first bytes of a Parquet file, by its format: its name says nothing about its content. */
const magic = Buffer.from('PAR1');

/** Rows decoded together: a row group may hold a million of them. */
const rowsAtOnce = 1000;

/** Whether a file that exists is Parquet; false for one that can't be opened, which its reader then says. */
export const isParquet = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    if ((await file.stat()).isDirectory()) return false;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return bytesRead === magic.length && buffer.equals(magic);
  } finally {
    await file.close();
  }
};

/** As the same row in JSON: whole numbers of 64 bits as numbers, and no key where a column has no value. */
const asJson = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, asJson);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, asJson(inner)]));
};

interface Opened {
  file: AsyncBuffer;
  metadata: FileMetaData;
}

const openParquet = async (path: string): Promise<Opened> => {
  const file = await asyncBufferFromFile(path);
  return { file, metadata: await parquetMetadataAsync(file) };
};

async function* readDecoded(path: string, parsers: { jsonFromBytes?: (bytes: Uint8Array) => unknown }) {
  const damaged = (cause: unknown): never => {
    throw new InputError(
      `${path}: damaged or cut Parquet file, or a compression that can't be read here (${(cause as Error).message})`,
      { cause },
    );
  };
  const { file, metadata } = await openParquet(path).catch(damaged);
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(total, rowStart + rowsAtOnce);
    const options = { file, metadata, compressors, parsers, rowStart, rowEnd };
    yield* (await parquetReadObjects(options).catch(damaged)) ?? [];
  }
}

/** Rows in order, a bounded number decoded at a time. @throws InputError for a damaged or cut file. */
export async function* readParquetRows(path: string): AsyncGenerator<unknown> {
  for await (const row of readDecoded(path, {})) yield asJson(row);
}

/** JSON of a column as it was written: JavaScript's numbers would lose digits of it. */
class RawJson {
  constructor(readonly text: string) {}
}

const jsonText = (value: unknown): string => {
  if (value instanceof RawJson) return value.text;
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`).join(',')}}`;
};

/** The same rows as JSON text, with every digit of their numbers. */
export async function* readParquetTexts(path: string): AsyncGenerator<string> {
  const jsonFromBytes = (bytes: Uint8Array): RawJson => new RawJson(new TextDecoder().decode(bytes));
  for await (const row of readDecoded(path, { jsonFromBytes })) yield jsonText(row);
}

const textColumn = (name: string): SchemaElement[] => [
  { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
];
const jsonColumn = (name: string): SchemaElement[] => [
  { name, type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
];
const listColumn = (name: string): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
];
const wholeNumberColumn = (name: string): SchemaElement[] => [{ name, type: 'INT32', repetition_type: 'OPTIONAL' }];

const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isInt32 = (value: unknown): boolean => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;

/** Text, lists of text and whole numbers as such; anything else as JSON, which readers of Parquet know as a type. */
const kinds = [
  { holds: (value: unknown) => typeof value === 'string', column: textColumn },
  { holds: isTextList, column: listColumn },
  { holds: isInt32, column: wholeNumberColumn },
  { holds: () => true, column: jsonColumn },
] as const;

/** Columns of rows that stream by: the narrowest kind that holds all of a key's values. */
export class Columns {
  readonly #kindOf = new Map<string, number>();

  add(row: object): void {
    for (const [name, value] of Object.entries(row)) {
      if (value === undefined || value === null) continue;
      const kind = kinds.findIndex(({ holds }) => holds(value));
      const before = this.#kindOf.get(name) ?? kind;
      this.#kindOf.set(name, before === kind ? kind : kinds.length - 1);
    }
  }

  get names(): string[] {
    return [...this.#kindOf.keys()];
  }

  get schema(): SchemaElement[] {
    const columns = [...this.#kindOf].flatMap(([name, kind]) => kinds[kind]?.column(name) ?? []);
    return [{ name: 'root', num_children: this.#kindOf.size }, ...columns];
  }
}

/** Writes rows, a group at a time, to a new file. The columns must have seen every row. */
export const writeParquetRows = async (path: string, rows: AsyncIterable<object>, columns: Columns): Promise<void> => {
  await parquetWriteRows({
    writer: fileWriter(path),
    rows,
    columns: columns.names.map((name) => ({ name })),
    schema: columns.schema,
    rowGroupSize: rowsAtOnce,
    createdBy: 'nextune',
  });
  if ((await stat(path)).size === 0) throw new Error(`${path}: nothing was written`);
};
