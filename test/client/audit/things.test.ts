import { readFileSync, rmSync } from 'node:fs';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { findLineage } from '../../../client/audit/lineage.js';
import { proveSample, sampleProofFault } from '../../../client/audit/prove.js';
import { replayRound, replaySample } from '../../../client/audit/replay.js';
import { type CampaignReader, openCampaignReader, type SealedRound } from '../../../client/campaign-reader.js';
import type { VerdictRow } from '../../../contract/rows.js';
import { fakeDeps } from '../../fakes/deps.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

describe('one thing of a record', () => {
  let world: Awaited<ReturnType<typeof sealedWorld>>;
  let reader: CampaignReader;
  let sealed: SealedRound[];
  beforeAll(async () => {
    world = await sealedWorld();
    reader = openCampaignReader(world.stateDir);
    sealed = await reader.sealed(world.campaign);
  });
  afterAll(() => rmSync(world.stateDir, { recursive: true }));

  const first = { taskId: 'dev-0.#bug-1', index: 0, where: 'round-1/train' };

  describe('its lineage', () => {
    it('goes from a checkpoint back to the data set, and on to the samples drawn from it', async () => {
      const lineage = await findLineage(reader, sealed, 'round-1');
      expect(lineage.up).toContain('training round-1');
      expect(lineage.up).toContain('samples round-1/train');
      expect(lineage.up.some((id) => id.startsWith('data '))).toBe(true);
      expect(lineage.down).toContain('samples round-2/train');
      expect(lineage.down).toContain('score round-1/dev');
      expect(lineage.down).not.toContain('score base/base-dev');
    });

    it('tells a sample that was trained on from one that was not', async () => {
      const kept = await findLineage(reader, sealed, 'dev-0.#bug-1:0@round-1/train');
      const dropped = await findLineage(reader, sealed, 'dev-0.#bug-1:1@round-1/train');
      expect(kept.down).toContain('training round-1');
      expect(dropped.down).toEqual(['verdict dev-0.#bug-1:1@round-1/train']);
      expect(dropped.up).toContain('model sha-base');
    });

    it('says where else a name was drawn, and what there is', async () => {
      await expect(findLineage(reader, sealed, 'dev-0.#bug-1:0')).rejects.toThrow(/@round-2\/train/);
      await expect(findLineage(reader, sealed, 'nothing')).rejects.toThrow(/there is .*score/);
    });
  });

  it('is proved by the key alone, without the other rows, and not when a byte of it changes', async () => {
    const key = readFileSync(publicKeyPath(world.stateDir));
    const proof = await proveSample(reader, sealed, first);
    expect(sampleProofFault(proof, key)).toBeUndefined();
    const other = await proveSample(reader, sealed, { ...first, index: 1 });
    expect(sampleProofFault({ ...proof, verdict: other.verdict }, key)).toMatch(/different places/);
    const row = proof.verdict.row.replace('"pass"', '"fail"');
    expect(row).not.toBe(proof.verdict.row);
    expect(sampleProofFault({ ...proof, verdict: { ...proof.verdict, row } }, key)).toMatch(/does not lead/);
    const [envelope] = [{ ...proof.envelope, payload: other.envelope.payload.replace(/^e/, 'f') }];
    expect(sampleProofFault({ ...proof, envelope }, key)).toMatch(/signature/);
  });

  describe('its replay', () => {
    const sandboxes = () =>
      fakeDeps({ concurrency: 1, complete: () => Promise.reject(new Error('no model is asked')) });

    it('judges and traces again, and names each difference', async () => {
      const deps = sandboxes();
      const replayed = await replaySample(reader, sealed, first, deps);
      // The fake verifier runs no tests, which the sealed verdict has: that is the difference to find.
      expect(replayed).toMatchObject({ verdicts: 1, traces: 1 });
      expect(replayed.differences.map(({ what }) => what)).toEqual(['verdict dev-0.#bug-1:0']);
      expect(replayed.elsewhere.map(({ what }) => what)).toEqual(['code']);
      rmSync(deps.dir, { recursive: true, force: true });
    });

    it('tells once that isolation or interpreter are others, and takes it for no other verdict', async () => {
      const deps = sandboxes();
      const sealedAgain: VerdictRow = JSON.parse((await proveSample(reader, sealed, first)).verdict.row);
      const verifier = { verify: () => Promise.resolve([{ ...sealedAgain, isolation: 'weak', durationMs: 1 }]) };
      const elsewhere = { ...deps, verifier: () => Promise.resolve({ ...verifier, close: () => Promise.resolve() }) };
      const replayed = await replaySample(reader, sealed, first, elsewhere);
      expect(replayed.differences).toEqual([]);
      const place = { what: 'isolation and interpreter', sealed: '"fake"', again: '"weak"' };
      expect(replayed.elsewhere).toContainEqual(place);
      rmSync(deps.dir, { recursive: true, force: true });
    });

    it("takes a share of a round's tasks, and selects the training set again", async () => {
      const deps = sandboxes();
      const replayed = await replayRound(reader, sealed, { round: 1, share: 0.25 }, deps);
      expect(replayed).toMatchObject({ verdicts: 24, traces: 3, selection: 'made again' });
      // The fake campaign's training set is no real selection, and a replay says so.
      expect(replayed.differences.map(({ what }) => what)).toContain('training set');
      rmSync(deps.dir, { recursive: true, force: true });
    });
  });
});
