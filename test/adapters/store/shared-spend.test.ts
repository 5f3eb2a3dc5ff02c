import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Objects } from '../../../adapters/store/s3-objects.js';
import { openSharedSpendBook } from '../../../adapters/store/shared-spend.js';
import { digestOf } from '../../../core/hash/digest.js';

/** A bucket in memory that counts what it is asked; `beforeWrite` is how a slow writer is made. */
const countingBucket = () => {
  const names = new Set<string>();
  const asked: string[] = [];
  const bucket = { names, asked, beforeWrite: async () => {} };
  const objects: Pick<S3Objects, 'list' | 'writeOnce' | 'remove'> = {
    async list(prefix) {
      asked.push('list');
      return [...names].filter((name) => name.startsWith(prefix)).sort();
    },
    async writeOnce(name) {
      asked.push('write');
      await bucket.beforeWrite();
      return names.size < names.add(name).size;
    },
    async remove(name) {
      asked.push('remove');
      names.delete(name);
    },
  };
  return { names, asked, bucket, objects: objects as S3Objects };
};

describe('a spend book that machines share', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-spend-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const bill = async (book: ReturnType<typeof openSharedSpendBook>, from: number, to: number): Promise<void> => {
    for (let at = from; at < to; at++)
      await book.paid('c', digestOf(`${at}`), { promptTokens: 9, completionTokens: 3 });
  };

  it('asks the bucket for nothing at a bill, for one object to share many, and for none where nothing is new', async () => {
    const { objects, asked, names } = countingBucket();
    const book = openSharedSpendBook(objects, dir);
    await bill(book, 0, 100);
    expect(asked).toEqual([]);
    await book.share('c');
    await book.share('c');
    expect(asked).toEqual(['write']);
    await bill(book, 100, 200);
    await book.share('c');
    expect(asked).toEqual(['write', 'write', 'remove']);
    expect(names.size).toBe(1);
  });

  it('shares what a process was paid that was killed before it could', async () => {
    const { objects } = countingBucket();
    await bill(openSharedSpendBook(objects, dir), 0, 3);
    await openSharedSpendBook(objects, dir).share('c');
    const elsewhere = openSharedSpendBook(objects, join(dir, 'elsewhere'));
    expect(await elsewhere.total('c')).toEqual({ requests: 3, promptTokens: 27, completionTokens: 9 });
  });

  it('takes nothing back where a worker of the machine tells an older sum after a newer one', async () => {
    const { objects, bucket } = countingBucket();
    const [slow, fast] = [openSharedSpendBook(objects, dir), openSharedSpendBook(objects, dir)];
    await bill(slow, 0, 3);
    let letOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      letOn = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      bucket.beforeWrite = () => {
        resolve();
        bucket.beforeWrite = async () => {};
        return held;
      };
    });
    const late = slow.share('c');
    await reached;
    await bill(fast, 3, 5);
    await fast.share('c');
    letOn();
    await late;
    expect(await openSharedSpendBook(objects, join(dir, 'elsewhere')).total('c')).toMatchObject({ requests: 5 });
  });
});
