import type { z } from 'zod';
import type { Ledger } from '../../activities/ports.js';
import {
  type GroupRecord,
  type GroupRequest,
  groupRecordSchema,
  type PartialRecord,
  partialRecordSchema,
} from '../../contract/completion.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOfValue } from '../../core/hash/digest.js';

/** Where records lie: whole ones and partial ones by the digest of what was asked. */
export interface RecordFiles {
  read(name: string): Promise<string | undefined>;
  /** On disk when it returns; false, and nothing changed, where the name is taken. */
  writeOnce(name: string, text: string): Promise<boolean>;
  /** How a message names the record's place. */
  place(name: string): string;
}

/** A ledger over files of any kind: what is the same for a folder and for a shared service. */
export const openLedger = (files: RecordFiles): Ledger => {
  const known = new WeakMap<GroupRequest, Digest>();
  // Asked for at each step of an answer's way, over a prompt of some thousand characters.
  const keyOf = (request: GroupRequest): Digest => {
    const key = known.get(request) ?? digestOfValue(request);
    known.set(request, key);
    return key;
  };
  const read = (request: GroupRequest) => readRecord(files, nameOf(keyOf(request)), groupRecordSchema, keyOf(request));
  const readPartial = (request: GroupRequest) =>
    readRecord(files, partialNameOf(keyOf(request)), partialRecordSchema, keyOf(request));
  return {
    keyOf,
    read,
    readPartial,
    async record(request, { completions, promptTokens }) {
      const key = keyOf(request);
      const { taskId, firstIndex } = request;
      const record: GroupRecord = { version: 1, key, taskId, firstIndex, completions, promptTokens };
      const first = await files.writeOnce(nameOf(key), JSON.stringify(groupRecordSchema.parse(record)));
      return first ? record : ((await read(request)) ?? record);
    },
    async recordPartial(request, answer) {
      const key = keyOf(request);
      const record: PartialRecord = { version: 1, key, ...answer };
      const first = await files.writeOnce(partialNameOf(key), JSON.stringify(partialRecordSchema.parse(record)));
      return first ? record : ((await readPartial(request)) ?? record);
    },
  };
};

const nameOf = (key: Digest): string => {
  const hex = key.slice('sha256:'.length);
  return `${hex.slice(0, 2)}/${hex.slice(2)}.json`;
};
const partialNameOf = (key: Digest): string => nameOf(key).replace(/json$/, 'partial.json');

const readRecord = async <Kept extends { key: Digest }>(
  files: RecordFiles,
  name: string,
  schema: z.ZodType<Kept>,
  key: Digest,
): Promise<Kept | undefined> => {
  const text = await files.read(name);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success && parsed.data.key === key) return parsed.data;
  throw new NextuneFailure(
    'storeCorrupt',
    `ledger record ${files.place(name)} is not the record of its key: restore it from a copy, or delete it to have the answer asked (and paid) again`,
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
