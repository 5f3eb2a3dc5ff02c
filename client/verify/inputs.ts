import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { splitLines } from '../../adapters/data/lines.js';
import { InputError } from '../../contract/failures.js';
import { type Sample, sampleSchema } from '../../contract/sample.js';
import { type Task, taskSchema } from '../../contract/task.js';

/** A line that can't be used, and why; the others are. `place` is `file:line`. */
export interface BadLine {
  place: string;
  reason: string;
}

export interface PlacedTask {
  task: Task;
  place: string;
}

type Parsed<Value> = { value: Value; place: string } | { bad: BadLine };

const decoder = new TextDecoder('utf-8', { fatal: true });

const decode = (bytes: Buffer): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

const parseBytes = (bytes: Buffer, ended: boolean): { value: unknown } | { reason: string } => {
  const text = decode(bytes);
  if (text === undefined) return { reason: 'not valid UTF-8' };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { reason: ended ? 'not JSON' : 'not JSON: the file ends in the middle of a row' };
  }
};

interface Schema<Value> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: Value }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

const issueText = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues
    .map(({ path, message }) => (path.length > 0 ? `${path.map(String).join('.')}: ${message}` : message))
    .join('; ');

const isBlank = (bytes: Buffer): boolean => bytes.length < 256 && bytes.toString('latin1').trim() === '';

/** Rows one at a time; a bad one is told and passed over. @throws InputError when the file itself can't be read. */
async function* readRows<Value>(file: string, schema: Schema<Value>): AsyncGenerator<Parsed<Value>> {
  let number = 0;
  for await (const { bytes, ended } of splitLines(file)) {
    number += 1;
    if (isBlank(bytes)) continue;
    const place = `${file}:${number}`;
    const parsed = parseBytes(bytes, ended);
    if ('reason' in parsed) {
      yield { bad: { place, reason: parsed.reason } };
      continue;
    }
    const checked = schema.safeParse(parsed.value);
    yield checked.success
      ? { value: checked.data, place }
      : { bad: { place, reason: issueText(checked.error.issues) } };
  }
}

/** The tasks of a file by id. Of two with one id the first counts. */
export const readTasksById = async (file: string, onBad: (bad: BadLine) => void): Promise<Map<string, PlacedTask>> => {
  const tasks = new Map<string, PlacedTask>();
  for await (const row of readRows(file, taskSchema)) {
    if ('bad' in row) onBad(row.bad);
    else if (tasks.has(row.value.id)) {
      onBad({ place: row.place, reason: `id ${row.value.id} is already that of ${tasks.get(row.value.id)?.place}` });
    } else tasks.set(row.value.id, { task: row.value, place: row.place });
  }
  return tasks;
};

/** Samples whose task is known, in the file's order, each taskId and index once. */
export async function* readSamples(
  file: string,
  tasks: ReadonlyMap<string, PlacedTask>,
  onBad: (bad: BadLine) => void,
): AsyncGenerator<{ sample: Sample; placed: PlacedTask; place: string }> {
  const seen = new Map<string, string>();
  for await (const row of readRows(file, sampleSchema)) {
    if ('bad' in row) {
      onBad(row.bad);
      continue;
    }
    const { value: sample, place } = row;
    const placed = tasks.get(sample.taskId);
    const key = JSON.stringify([sample.taskId, sample.index]);
    const earlier = seen.get(key);
    if (!placed) onBad({ place, reason: `no task ${JSON.stringify(sample.taskId)} among the tasks` });
    else if (earlier)
      onBad({ place, reason: `sample ${sample.index} of ${sample.taskId} is already that of ${earlier}` });
    else {
      seen.set(key, place);
      yield { sample, placed, place };
    }
  }
}

const newline = 0x0a;
const space = 0x20;

/** Counts rows of a file as its bytes go by: lines that hold more than blanks. */
class RowCount {
  rows = 0;
  #holdsText = false;

  take(chunk: Buffer): void {
    for (let from = 0; from < chunk.length; ) {
      const end = chunk.indexOf(newline, from);
      for (let at = from; !this.#holdsText && at < (end === -1 ? chunk.length : end); at += 1)
        this.#holdsText = (chunk[at] as number) > space;
      if (end === -1) return;
      this.endLine();
      from = end + 1;
    }
  }

  endLine(): void {
    if (this.#holdsText) this.rows += 1;
    this.#holdsText = false;
  }
}

/** What a run has before it: `digest` names the work, `rows` are those of each file, bad ones included. */
export interface Work {
  digest: string;
  rows: number[];
}

/** A digest of files' bytes and of what else decides a verdict, so that only the same work is continued; and its size. */
export const surveyWork = async (files: readonly string[], settings: unknown): Promise<Work> => {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  const rows: number[] = [];
  for (const file of files) {
    const count = new RowCount();
    try {
      for await (const chunk of createReadStream(file)) {
        hash.update(chunk as Buffer);
        count.take(chunk as Buffer);
      }
    } catch (cause) {
      throw new InputError(
        `${file}: ${(cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : "can't be read"}`,
        { cause },
      );
    }
    hash.update('\0');
    count.endLine();
    rows.push(count.rows);
  }
  return { digest: hash.digest('hex'), rows };
};
