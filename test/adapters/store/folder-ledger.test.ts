import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderLedger } from '../../../adapters/store/folder-ledger.js';
import { groupRequest } from '../../fakes/group.js';

const request = groupRequest({ modelDigest: 'm1', count: 2 });
const answer = (text: string) => ({
  completions: [
    { text, finishReason: 'stop' as const, completionTokens: 3 },
    { text: '\ud800 cut', finishReason: 'length' as const, completionTokens: 4 },
  ],
  promptTokens: 9,
});

describe('the folder ledger', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nextune-ledger-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('gives back what was recorded, lone surrogates included', async () => {
    await openFolderLedger(dir).record(request, answer('a'));
    expect(await openFolderLedger(dir).read(request)).toMatchObject(answer('a'));
  });

  it('keeps the first record of a key: what was paid for first is what counts', async () => {
    const ledger = openFolderLedger(dir);
    await ledger.record(request, answer('first'));
    expect((await ledger.record(request, answer('second'))).completions[0]?.text).toBe('first');
  });

  it.each([
    ['model', { modelDigest: 'm2' }],
    ['prompt', { messages: [{ role: 'user' as const, content: 'fix it!' }] }],
    ['sampling parameters', { sampling: { ...request.sampling, temperature: 0.7 } }],
    ['campaign seed', { campaignSeed: '2' }],
    ['task', { taskId: 'u' }],
    ['first index', { firstIndex: 2 }],
    ['size of the group', { count: 3 }],
  ])('keys by %s', async (_, change) => {
    const ledger = openFolderLedger(dir);
    await ledger.record(request, answer('a'));
    expect(await ledger.read({ ...request, ...change })).toBeUndefined();
  });

  it('refuses a record that was cut, rather than pay again in silence', async () => {
    const ledger = openFolderLedger(dir);
    await ledger.record(request, answer('a'));
    const [prefix] = await readdir(dir);
    const [name] = await readdir(join(dir, prefix ?? ''));
    await truncate(join(dir, prefix ?? '', name ?? ''), 40);
    await expect(ledger.read(request)).rejects.toMatchObject({ kind: 'storeCorrupt' });
  });
});
