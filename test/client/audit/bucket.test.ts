import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { settleStorage } from '../../../adapters/store/open-storage.js';
import { firstFault } from '../../../client/audit/check.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { exportCampaign } from '../../../client/bundle/export.js';
import { importBundle } from '../../../client/bundle/import.js';
import { openCampaignReader } from '../../../client/campaign-reader.js';
import { treeSchema } from '../../../contract/rows.js';
import { type S3Server, startS3Server } from '../../fakes/s3-server.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

describe('the record of a campaign whose store is a bucket', () => {
  let s3: S3Server;
  let world: Awaited<ReturnType<typeof sealedWorld>>;
  const dirs: string[] = [];
  const folder = async (): Promise<string> => {
    dirs.push(await mkdtemp(join(tmpdir(), 'nextune-bucket-')));
    return dirs.at(-1) ?? '';
  };
  beforeAll(async () => {
    s3 = await startS3Server();
    world = await sealedWorld('far-1', s3.location('first'));
  }, 300_000);
  afterAll(async () => {
    await s3.stop();
    for (const dir of [...dirs, world.stateDir]) rmSync(dir, { recursive: true });
  });

  const faultsOf = async (stateDir: string) =>
    (await verifyCampaign(stateDir, 'far-1')).flatMap(({ faults }) => faults);
  /** Flips a bit of an object that a seal names, looks, and flips it back. */
  const whileFlipped = async <Found>(digest: string, look: () => Promise<Found>): Promise<Found> => {
    const hex = digest.slice('sha256:'.length);
    const flip = (bytes: Buffer): Buffer => {
      const at = bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      return bytes;
    };
    const key = `first/store/sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
    await s3.tamper(key, flip);
    const found = await look();
    await s3.tamper(key, flip);
    return found;
  };

  it('is found whole, and every check has looked at something', async () => {
    const checks = await verifyCampaign(world.stateDir, 'far-1');
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    expect(checks.filter(({ checked }) => checked === 0)).toEqual([]);
  }, 300_000);

  it('is broken by one bit in the bucket, of a manifest, of rows or of an adapter, which is named', async () => {
    const sealed = await openCampaignReader(world.stateDir).sealed('far-1');
    const round = sealed.find(({ entry }) => entry.kind === 'round');
    const adapter = round?.manifest.content.produced?.adapter;
    const rows = round?.manifest.content.shards[0]?.samples.digest;
    if (!round || !adapter || !rows) throw new Error('the round has no adapter or rows');
    const { files } = treeSchema.parse(JSON.parse(String(await world.store.get(adapter))));
    for (const digest of [round.entry.manifest, files[0]?.digest ?? '', rows]) {
      const checks = await whileFlipped(digest, () => verifyCampaign(world.stateDir, 'far-1'));
      expect(firstFault(checks)).toMatchObject({ object: digest });
    }
    expect(await faultsOf(world.stateDir)).toEqual([]);
  }, 300_000);

  it('counts objects that no seal refers to, and names one whose bit was flipped', async () => {
    const digest = await world.store.put('work under way');
    const last = async () => (await verifyCampaign(world.stateDir, 'far-1')).at(-1);
    expect(await last()).toMatchObject({ faults: [], notes: [expect.stringMatching(/^1 that no seal refers to/)] });
    const found = await whileFlipped(digest, last);
    expect(found?.faults).toMatchObject([{ link: 'store', object: digest }]);
  }, 300_000);

  it('is exported to a bundle that stands alone, and not while an object is broken', async () => {
    const out = await folder();
    await exportCampaign(world.stateDir, 'far-1', join(out, 'bundle'));
    const publicKey = await readFile(publicKeyPath(world.stateDir));
    const checks = await verifyCampaign(join(out, 'bundle', 'record'), 'far-1', { publicKey, strict: true });
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    const digest = (await openCampaignReader(world.stateDir).sealed('far-1'))[0]?.manifest.content.shots.tasks.digest;
    await whileFlipped(digest ?? '', () =>
      expect(exportCampaign(world.stateDir, 'far-1', join(out, 'broken'))).rejects.toThrow(digest),
    );
  }, 300_000);

  it('is taken in from a bundle by another bucket, twice to the same, and verifies there', async () => {
    const here = await sealedWorld('far-1');
    dirs.push(here.stateDir);
    const out = await folder();
    await exportCampaign(here.stateDir, 'far-1', join(out, 'bundle'));
    const state = join(out, 'state');
    settleStorage(state, s3.location('second'));
    await importBundle(join(out, 'bundle'), state);
    await importBundle(join(out, 'bundle'), state);
    expect(await faultsOf(state)).toEqual([]);
    const seals = async (dir: string) => (await openCampaignReader(dir).sealed('far-1')).map(({ entry }) => entry);
    expect(await seals(state)).toEqual(await seals(here.stateDir));
    // Another campaign of that name is there: the first bucket's own, sealed at its own time under its own key.
    await expect(importBundle(join(out, 'bundle'), world.stateDir)).rejects.toThrow(/is here already, with another/);
  }, 300_000);
});
