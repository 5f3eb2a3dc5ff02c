import { rm } from 'node:fs/promises';
import type { ModelClient } from '../../activities/ports.js';
import { reserve } from '../../activities/reserve.js';
import { openSpendBook } from '../../adapters/store/spend-book.js';
import type { ReserveArgs } from '../../contract/control.js';
import { digestOf } from '../../core/hash/digest.js';
import { fakeDeps } from '../fakes/deps.js';

const silent: ModelClient = { concurrency: 1, complete: () => Promise.reject(new Error('nothing is asked here')) };
const args: ReserveArgs = {
  campaign: 'c',
  groups: 1,
  samples: 2,
  maxTokens: 100,
  prices: undefined,
  limits: { tokens: 3200 },
};
const paidOnce = { promptTokens: 900, completionTokens: 100 };

describe('a reservation', () => {
  const deps = fakeDeps(silent);
  afterAll(() => rm(deps.dir, { recursive: true }));

  it('takes nothing by itself: one that is asked again after a crash is answered as before', async () => {
    await deps.spend.paid('c', digestOf('a'), paidOnce);
    const answers = [await reserve(deps, args), await reserve(deps, args), await reserve(deps, args)];
    const spend = { requests: 1, ...paidOnce, costMicroUsd: 0 };
    expect(answers).toEqual(Array(3).fill({ granted: true, spend }));
  });

  it('counts a key once, though the worker that billed it died before it knew, and another bills it again', async () => {
    await openSpendBook(`${deps.dir}/campaigns`).paid('c', digestOf('a'), paidOnce);
    expect((await reserve(deps, args)).spend).toMatchObject({ requests: 1, ...paidOnce });
  });

  it('sees all of what many bill at once', async () => {
    const keys = Array.from({ length: 50 }, (_, at) => digestOf(`b${at}`));
    const books = [deps.spend, openSpendBook(`${deps.dir}/campaigns`)];
    await Promise.all(
      keys.map((key, at) => books[at % 2]?.paid('many', key, { promptTokens: 2, completionTokens: 1 })),
    );
    expect(await openSpendBook(`${deps.dir}/campaigns`).total('many')).toEqual({
      requests: 50,
      promptTokens: 100,
      completionTokens: 50,
    });
    expect(await reserve(deps, { ...args, campaign: 'many', limits: { tokens: 150 } })).toMatchObject({
      granted: false,
      reason: expect.stringContaining('150 are spent'),
    });
  });
});
