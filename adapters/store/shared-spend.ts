import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpendBook } from '../../activities/ports.js';
import type { S3Objects } from './s3-objects.js';
import { openSpendBook } from './spend-book.js';
import { writeOnceDurably } from './write-durably.js';

type Total = Awaited<ReturnType<SpendBook['total']>>;

const none: Total = { requests: 0, promptTokens: 0, completionTokens: 0 };

/**
 * A machine's own book in `dir`, whose sum it tells the others by the name of an object:
 * `campaigns/CAMPAIGN/spend/BOOK/REQUESTS-PROMPT-COMPLETION`. So a sum costs one list, and telling one object, however many
 * requests it stands for. Sums only grow, and of one book's the largest counts: a late writer, or one that tells again, takes
 * nothing back. A request that two machines bill, as after a kill between its bill and its note, counts for both.
 */
export const openSharedSpendBook = (objects: S3Objects, dir: string): SpendBook => {
  const own = openSpendBook(dir);
  const told = new Map<string, Map<string, Total>>();
  const idOf = bookIds(dir);
  const folderOf = (campaign: string): string => `campaigns/${campaign}/spend/`;
  return {
    paid: own.paid,
    async total(campaign) {
      const books = await booksIn(objects, folderOf(campaign));
      const mine = await own.total(campaign);
      const id = await idOf(campaign);
      books.set(id, larger(books.get(id), mine));
      return [...books.values()].reduce(add, none);
    },
    async share(campaign) {
      const total = await own.total(campaign);
      if (total.requests === 0) return;
      const name = `${folderOf(campaign)}${await idOf(campaign)}/${nameOf(total)}`;
      const before = told.get(campaign) ?? new Map<string, Total>();
      told.set(campaign, before);
      if (before.has(name)) return;
      await objects.writeOnce(name, name);
      before.set(name, total);
      const outdone = [...before].filter(([, { requests }]) => requests < total.requests).map(([older]) => older);
      for (const older of outdone) before.delete(older);
      await Promise.all(outdone.map((older) => objects.remove(older)));
    },
  };
};

/** A name for the file of a campaign's bills, kept beside it: whoever reads that file tells its sum under one name. */
const bookIds = (dir: string): ((campaign: string) => Promise<string>) => {
  const known = new Map<string, Promise<string>>();
  const idAt = async (path: string): Promise<string> => {
    await writeOnceDurably(path, randomUUID());
    return await readFile(path, 'utf8');
  };
  return (campaign) => {
    const id = known.get(campaign) ?? idAt(join(dir, campaign, 'spend.id'));
    known.set(campaign, id);
    id.catch(() => known.delete(campaign));
    return id;
  };
};

const nameOf = ({ requests, promptTokens, completionTokens }: Total): string =>
  [requests, promptTokens, completionTokens].join('-');

const booksIn = async (objects: S3Objects, folder: string): Promise<Map<string, Total>> => {
  const books = new Map<string, Total>();
  for (const name of await objects.list(folder)) {
    const [, id, ...sums] = /^(.+)\/(\d+)-(\d+)-(\d+)$/.exec(name.slice(folder.length)) ?? [];
    const [requests = 0, promptTokens = 0, completionTokens = 0] = sums.map(Number);
    if (id !== undefined) books.set(id, larger(books.get(id), { requests, promptTokens, completionTokens }));
  }
  return books;
};

const larger = (one: Total | undefined, other: Total): Total =>
  one !== undefined && one.requests > other.requests ? one : other;

const add = (one: Total, other: Total): Total => ({
  requests: one.requests + other.requests,
  promptTokens: one.promptTokens + other.promptTokens,
  completionTokens: one.completionTokens + other.completionTokens,
});
