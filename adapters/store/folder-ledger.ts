import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../../activities/ports.js';
import { type GroupRecord, type GroupRequest, groupRecordSchema } from '../../contract/completion.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { writeOnceDurably } from './write-durably.js';

/** What was paid for, a file a group: `dir/ab/cdef….json`, named by the digest of what was asked. */
export const openFolderLedger = (dir: string): Ledger => {
  const keyOf = (request: GroupRequest): Digest => digestOfValue(request);
  const pathOf = (key: Digest): string => {
    const hex = key.slice('sha256:'.length);
    return join(dir, hex.slice(0, 2), `${hex.slice(2)}.json`);
  };
  const read = async (request: GroupRequest): Promise<GroupRecord | undefined> => {
    const key = keyOf(request);
    return await readRecord(pathOf(key), key);
  };
  return {
    keyOf,
    read,
    async record(request, { completions, promptTokens }) {
      const key = keyOf(request);
      const { taskId, firstIndex } = request;
      const record: GroupRecord = { version: 1, key, taskId, firstIndex, completions, promptTokens };
      const first = await writeOnceDurably(pathOf(key), JSON.stringify(groupRecordSchema.parse(record)));
      return first ? record : ((await read(request)) ?? record);
    },
  };
};

const readRecord = async (path: string, key: Digest): Promise<GroupRecord | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = groupRecordSchema.safeParse(parseJson(text));
  if (parsed.success && parsed.data.key === key) return parsed.data;
  throw new NextuneFailure(
    'storeCorrupt',
    `ledger record ${path} is not the record of its key: restore it from a copy, or delete it to have the answer asked (and paid) again`,
  );
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
