import { isJsonArray, splitArray } from './array-items.js';
import { decode, type Line, readLines } from './lines.js';
import { isParquet, readParquetTexts } from './parquet.js';

/** `file:line`, and which row where a file is one array: it may all stand on one line. */
export const placeOfLine = (file: string, { number, row }: { number: number; row?: number }): string =>
  `${file}:${number}${row === undefined ? '' : `, row ${row}`}`;

async function* readItems(path: string): AsyncGenerator<Line> {
  for await (const { bytes, line, row } of splitArray(path)) {
    const text = decode(bytes, placeOfLine(path, { number: line, row }));
    yield { number: line, row, text, ended: true };
  }
}

/**
 * The texts of a file's rows, plain or gzip, as a stream: its lines that are not blank, or the items of the one JSON array
 * that it is.
 * @throws InputError with the row's place when it is damaged, cut, too long or not UTF-8.
 */
export async function* readRecords(path: string): AsyncGenerator<Line> {
  if (await isJsonArray(path)) yield* readItems(path);
  else for await (const line of readLines(path)) if (line.text.trim() !== '') yield line;
}

/** The same of a Parquet file too, for rows that are not to be read by JavaScript. */
export async function* readTexts(path: string): AsyncGenerator<Line> {
  if (!(await isParquet(path))) yield* readRecords(path);
  else {
    let number = 0;
    for await (const text of readParquetTexts(path)) yield { number: ++number, text, ended: true };
  }
}
