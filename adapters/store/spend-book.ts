import { appendFileSync } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SpendBook } from '../../activities/ports.js';
import { explainingFull } from './full-disk.js';

const lineSchema = z.object({ key: z.string(), prompt: z.int().nonnegative(), completion: z.int().nonnegative() });

interface Account {
  total: Awaited<ReturnType<SpendBook['total']>>;
  counted: Set<string>;
  /** How far the file was read. */
  offset: number;
}

/** Enough of a digest to tell a campaign's requests apart. */
const keyLength = 24;

/**
 * One append-only file a campaign, `dir/CAMPAIGN/spend.jsonl`, shared by the workers of this machine. A line is one write
 * to a file opened for appending, so two workers' lines never mix. kill -9 loses none; a power cut may lose the last ones,
 * and then the total is a lower bound.
 */
export const openSpendBook = (dir: string): SpendBook => {
  const accounts = new Map<string, Account>();
  const made = new Set<string>();
  const pathOf = (campaign: string): string => join(dir, campaign, 'spend.jsonl');
  const accountOf = (campaign: string): Account => {
    const account = accounts.get(campaign) ?? emptyAccount();
    accounts.set(campaign, account);
    return account;
  };
  return {
    async paid(campaign, key, { promptTokens, completionTokens }) {
      const line = { key: key.slice(-keyLength), prompt: promptTokens, completion: completionTokens };
      const path = pathOf(campaign);
      await explainingFull(path, async () => {
        if (!made.has(campaign)) await mkdir(join(dir, campaign), { recursive: true });
        made.add(campaign);
        // A line that a full disk cut short has no end: this one must not become a part of it.
        appendFileSync(path, `\n${JSON.stringify(line)}\n`, { mode: 0o600 });
      });
    },
    async total(campaign) {
      const account = accountOf(campaign);
      await catchUp(account, pathOf(campaign));
      return account.total;
    },
    // Whoever shares the folder reads this file.
    share: () => Promise.resolve(),
  };
};

const emptyAccount = (): Account => ({
  total: { requests: 0, promptTokens: 0, completionTokens: 0 },
  counted: new Set(),
  offset: 0,
});

/** Reads the lines that were added since; a last line without its end is left for the next time. */
const catchUp = async (account: Account, path: string): Promise<void> => {
  const from = account.offset;
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= from) return;
  const bytes = await readFrom(path, from, size - from);
  // Another call read the same lines in the meantime.
  if (account.offset !== from) return;
  const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
  account.offset += whole.length;
  for (const line of whole.toString('utf8').split('\n')) count(account, line);
};

const readFrom = async (path: string, from: number, length: number): Promise<Buffer> => {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** A line that a full disk cut short counts for nothing, and spoils none but itself. */
const count = (account: Account, text: string): void => {
  const parsed = lineSchema.safeParse(parseJson(text));
  if (!parsed.success || account.counted.has(parsed.data.key)) return;
  const { key, prompt, completion } = parsed.data;
  account.counted.add(key);
  const { requests, promptTokens, completionTokens } = account.total;
  account.total = {
    requests: requests + 1,
    promptTokens: promptTokens + prompt,
    completionTokens: completionTokens + completion,
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
