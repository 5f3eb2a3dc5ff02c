import { putRows } from '../../activities/rows.js';
import { campaignFailure, startCampaign, viewCampaign } from '../../client/campaigns.js';
import { campaignEnd } from '../../client/ended-campaign.js';
import type { CampaignResult } from '../../contract/campaign.js';
import type { Manifest } from '../../contract/manifest.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { readManifest } from '../../core/hash/read-manifest.js';
import { type CampaignWorld, startCampaignWorld, worldTasks } from '../fakes/campaign-world.js';

describe('the campaign workflow', () => {
  let world: CampaignWorld;
  beforeAll(async () => {
    world = await startCampaignWorld();
  }, 300_000);
  afterAll(() => world.close());

  const run = async (campaign: string, config: Record<string, unknown> = {}): Promise<CampaignResult> => {
    await startCampaign(world.client, await world.inputFor(campaign, config));
    return (await world.client.workflow.getHandle(campaignWorkflowId(campaign)).result()) as CampaignResult;
  };
  const manifestsOf = async (campaign: string): Promise<Manifest[]> => {
    const entries = await world.deps.manifests.list(campaign);
    const bytes = await Promise.all(entries.map(({ manifest }) => world.deps.store.get(manifest)));
    return bytes.map((one) => readManifest(one).manifest);
  };

  it('runs two rounds, scores each on dev and the test split once, and chains a manifest of each', async () => {
    const result = await run('two-rounds');
    expect(result.checkpoints.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(result.test?.base.tasks).toBe(2);
    const manifests = await manifestsOf('two-rounds');
    expect(manifests.map(({ content }) => `${content.kind} ${content.round}`)).toEqual([
      'base 0',
      'round 1',
      'round 2',
      'campaign 2',
    ]);
    const digests = manifests.map(({ content }) => digestOfValue(content));
    expect(manifests.map(({ content }) => content.previous)).toEqual([null, ...digests.slice(0, -1)]);
  }, 300_000);

  it('trains each round from the base, on samples of the newest model only', async () => {
    await run('from-base', { seed: '5' });
    const [, first, second] = await manifestsOf('from-base');
    expect(first?.content.sampledFrom?.tuned).toBe(false);
    expect(second?.content.sampledFrom).toEqual(first?.content.produced);
    expect(second?.content.training).not.toEqual(first?.content.training);
  }, 300_000);

  it('goes on from the adapter that was sampled where the configuration says so, and trains on fixes alone', async () => {
    const started: unknown[] = [];
    const { trainer } = world.deps;
    world.deps.trainer = (base) => ({
      train: (job, work) => {
        started.push(job.startFrom);
        return trainer(base).train(job, work);
      },
    });
    try {
      await run('from-last', {
        seed: '15',
        trainer: { minSamples: 1, from: 'last' },
        sampling: { n: 4, groupSize: 2, rationale: false },
      });
    } finally {
      world.deps.trainer = trainer;
    }
    const [, first] = await manifestsOf('from-last');
    expect(started).toEqual([undefined, first?.content.produced?.adapter]);
    const rows = String(await world.deps.store.get(first?.content.training?.digest ?? 'sha256:'));
    expect(rows).toContain('return a + b');
    expect(rows).not.toContain('where another is expected');
  }, 300_000);

  it('gives shots to the base and none to a tuned model', async () => {
    world.endpoint.asked.clear();
    await run('shots', { seed: '6' });
    const turns = [...world.endpoint.asked.keys()]
      .map((body) => JSON.parse(body) as { model: string; messages: unknown[] })
      .map(({ model, messages }) => `${model === 'fake' ? 'base' : 'tuned'} ${messages.length}`);
    expect(new Set(turns)).toEqual(new Set(['base 4', 'tuned 2']));
  }, 300_000);

  it('reuses the filter samples in the first round: they are not drawn again', async () => {
    world.endpoint.asked.clear();
    await run('filter', {
      seed: '7',
      hardProblems: { m: 0.9 },
      rounds: 1,
      evaluation: { samples: 2, test: false, withoutTrace: false },
    });
    expect(Math.max(...world.endpoint.asked.values())).toBe(1);
  }, 300_000);

  it('ends the rounds with a reason where there is too little to train on', async () => {
    const result = await run('too-few', { seed: '8', trainer: { minSamples: 1000 } });
    expect(result.stopped).toContain('fewer than trainer.minSamples = 1000');
    expect(result.best.round).toBe(0);
    const manifests = await manifestsOf('too-few');
    expect(manifests.map(({ content }) => content.kind)).toEqual(['base', 'round', 'campaign']);
  }, 300_000);

  it('trains nothing where the trainer is none, and keeps what it would have trained on', async () => {
    const adapters = world.endpoint.loadedAdapters.length;
    const result = await run('untrained', { seed: '16', trainer: { kind: 'none', minSamples: 1 } });
    expect(result.stopped).toMatch(
      /^round 1 kept [1-9]\d* training samples and trained nothing: trainer\.kind is none$/,
    );
    expect(result.best.round).toBe(0);
    expect(world.endpoint.loadedAdapters).toHaveLength(adapters);
  }, 60_000);

  it('reproduces its content digests when run again elsewhere, though its circumstances differ', async () => {
    await run('again', { seed: '9' });
    const first = await manifestsOf('again');
    const other = await startCampaignWorld();
    try {
      const input = await other.inputFor('again', {
        seed: '9',
        model: { kind: 'openai', baseUrl: world.endpoint.baseUrl, name: 'fake' },
      });
      await startCampaign(other.client, input);
      await other.client.workflow.getHandle(campaignWorkflowId('again')).result();
      const entries = await other.deps.manifests.list('again');
      const second = await Promise.all(
        entries.map(async ({ manifest }) => readManifest(await other.deps.store.get(manifest)).manifest),
      );
      expect(second.map(({ contentDigest }) => contentDigest)).toEqual(first.map(({ contentDigest }) => contentDigest));
      expect(second.at(-1)?.circumstances.runId).not.toBe(first.at(-1)?.circumstances.runId);
    } finally {
      await other.close();
    }
  }, 300_000);

  it('says why it failed, from the first cause, and is not retried for ever on bad data', async () => {
    const input = await world.inputFor('no-dev', { seed: '11' });
    const tasks = await putRows(
      world.deps.store,
      worldTasks.filter(({ split }) => split !== 'dev'),
    );
    await startCampaign(world.client, { ...input, tasks });
    expect(await campaignFailure(world.client, 'no-dev')).toMatch(/^the data set has no repair tasks in split dev/);
    expect(await viewCampaign(world.client, 'no-dev')).toMatchObject({ state: 'failed' });
  }, 300_000);

  it('starts once: the same campaign again is the one that is done', async () => {
    await run('once', { seed: '10' });
    expect(await startCampaign(world.client, await world.inputFor('once', { seed: '10' }))).toBe('finished');
    const view = await viewCampaign(world.client, 'once');
    expect(view).toMatchObject({ state: 'completed', progress: { phase: 'done', rounds: 2 } });
    // All of the last step was asked for, so that its speed is measured by all of it.
    expect(view.progress?.step?.worked?.made).toBe(view.progress?.step?.total);
    expect(await campaignEnd(world.client, world.deps.dir, view)).toMatchObject({ kind: 'allRounds' });
  }, 300_000);
});
