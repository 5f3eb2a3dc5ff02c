import { isJsonArray, splitArray } from './array-items.js';
import { decode, type Line, readLines } from './lines.js';

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
