import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStorage } from '../../adapters/store/open-storage.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { cacheUse } from '../../client/cache-use.js';
import { collectGarbage, storeUse } from '../../client/garbage.js';
import { startSealedCampaign } from '../fakes/sealed-campaign.js';
import { sealedWorld, solving } from '../fakes/sealed-world.js';

const later = Date.now() + 2 * 3_600_000;

describe('gc', () => {
  it('removes what no seal refers to, once it is an hour old, and leaves the record whole', async () => {
    const { stateDir, store, campaign } = await sealedWorld();
    const loose = await store.put('nothing refers to this');
    expect(await collectGarbage(stateDir, { abandoned: [] })).toEqual({ objects: 0, bytes: 0 });
    expect(await collectGarbage(stateDir, { abandoned: [], nowMs: later })).toMatchObject({ objects: 1 });
    expect(await store.has(loose)).toBe(false);
    const checks = await verifyCampaign(stateDir, campaign, { strict: true });
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    const [use] = (await storeUse(stateDir)).campaigns;
    expect(use).toMatchObject({ campaign, ended: true });
    expect(use?.ownBytes).toBe(use?.bytes);
    rmSync(stateDir, { recursive: true });
  });

  it('keeps what an evaluation has judged, and is not held up by the folder of its requests', async () => {
    const { stateDir, store, campaign } = await sealedWorld();
    const judged = await store.put('samples of an evaluation');
    const loose = await store.put('nobody knows these');
    mkdirSync(join(stateDir, 'campaigns', 'eval', 'requests'), { recursive: true });
    mkdirSync(join(stateDir, 'evaluations'));
    const record = { id: 'eval-1', arms: [{ samples: [{ digest: judged, rows: 1 }] }] };
    writeFileSync(join(stateDir, 'evaluations', 'eval-1.json'), JSON.stringify(record));
    await collectGarbage(stateDir, { abandoned: [], nowMs: later });
    expect([await store.has(judged), await store.has(loose)]).toEqual([true, false]);
    const use = await storeUse(stateDir);
    expect(use.campaigns.map((one) => one.campaign)).toEqual([campaign]);
    expect(use.evaluations).toMatchObject({ objects: 1 });
    rmSync(stateDir, { recursive: true });
  });

  it('keeps what a retry may need, down to the files of an adapter, until its campaign is given up', async () => {
    const { stateDir, store, campaign } = await sealedWorld();
    const file = await store.put('weights of an attempt that was cut short');
    const adapter = await store.put(JSON.stringify({ files: [{ path: 'adapter.gguf', digest: file, bytes: 40 }] }));
    const samples = await store.put('samples of that attempt');
    const kept = await store.put(JSON.stringify({ shards: [{ samples: { digest: samples } }], tuned: { adapter } }));
    await openStorage(stateDir).kept.add(campaign, kept);
    const needed = [file, adapter, samples, kept];
    const there = async () => (await Promise.all(needed.map((one) => store.has(one)))).filter(Boolean).length;
    expect(await collectGarbage(stateDir, { abandoned: [], nowMs: later })).toMatchObject({ objects: 0 });
    expect(await there()).toBe(4);
    expect(await collectGarbage(stateDir, { abandoned: [campaign], nowMs: later })).toMatchObject({ objects: 4 });
    expect(await there()).toBe(0);
    expect(await collectGarbage(stateDir, { abandoned: [], nowMs: later })).toEqual({ objects: 0, bytes: 0 });
    expect((await verifyCampaign(stateDir, campaign)).flatMap(({ faults }) => faults)).toEqual([]);
    rmSync(stateDir, { recursive: true });
  });

  it('removes nothing beside a campaign that has not ended, nor where a manifest is gone', async () => {
    const { stateDir, store, campaign, sealBase } = await startSealedCampaign();
    const sealed = await sealBase(solving(2));
    await store.put('under way');
    await expect(collectGarbage(stateDir, { abandoned: [], nowMs: later })).rejects.toThrow(/not ended/);
    expect(await collectGarbage(stateDir, { abandoned: [campaign], nowMs: later })).toMatchObject({ objects: 1 });
    expect((await verifyCampaign(stateDir, campaign)).flatMap(({ faults }) => faults)).toEqual([]);
    expect(sealed.content.kind).toBe('base');
    const objects = join(stateDir, 'store', 'sha256');
    for (const prefix of readdirSync(objects)) rmSync(join(objects, prefix), { recursive: true });
    await expect(collectGarbage(stateDir, { abandoned: [campaign], nowMs: later })).rejects.toThrow(/can't be read/);
    rmSync(stateDir, { recursive: true });
  });

  it('tells the room of what is kept only to save time', async () => {
    const { stateDir } = await sealedWorld();
    expect(await cacheUse(stateDir)).toEqual({ verdicts: 0, traces: 0 });
    mkdirSync(join(stateDir, 'verdicts'));
    mkdirSync(join(stateDir, 'traces', 'ab'), { recursive: true });
    writeFileSync(join(stateDir, 'verdicts', 'verdicts.jsonl'), 'x'.repeat(300));
    writeFileSync(join(stateDir, 'traces', 'ab', 'ab.json'), 'x'.repeat(40));
    expect(await cacheUse(stateDir)).toEqual({ verdicts: 300, traces: 40 });
    rmSync(stateDir, { recursive: true });
  });
});
