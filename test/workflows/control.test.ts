import { setTimeout as delay } from 'node:timers/promises';
import { putRows } from '../../activities/rows.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { campaignResult, startCampaign, viewCampaign } from '../../client/campaigns.js';
import { controlCampaign } from '../../client/control.js';
import { campaignEnd } from '../../client/ended-campaign.js';
import { failingSteps } from '../../client/failing-steps.js';
import { collectGarbage } from '../../client/garbage.js';
import { pendingWork } from '../../client/pending-work.js';
import { whoAsks } from '../../client/who-asks.js';
import type { CampaignProgress } from '../../contract/campaign.js';
import type { Manifest } from '../../contract/manifest.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { digestOf } from '../../core/hash/digest.js';
import { readManifest } from '../../core/hash/read-manifest.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { type CampaignWorld, collapsesOnceTuned, collapseTasks, startCampaignWorld } from '../fakes/campaign-world.js';

const short = { evaluation: { samples: 2, k: [1, 2], test: false, withoutTrace: false } };

describe('a person at a running campaign', () => {
  let world: CampaignWorld;
  beforeAll(async () => {
    world = await startCampaignWorld();
  }, 300_000);
  afterAll(() => world.close(), 60_000);
  afterEach(() => {
    world.endpoint.delayMs = 0;
    world.endpoint.trouble = undefined;
  });

  const start = async (campaign: string, config: Record<string, unknown> = {}) => {
    await startCampaign(world.client, await world.inputFor(campaign, { ...short, ...config }));
    return controlCampaign(world.client, campaign);
  };
  const reaches = (campaign: string, what: string, holds: (progress: CampaignProgress) => boolean): Promise<void> =>
    eventually(
      `${campaign} ${what}`,
      async () => {
        const { progress } = await viewCampaign(world.client, campaign);
        return progress !== undefined && holds(progress);
      },
      120_000,
    );
  const endsUnheld = (campaign: string): Promise<void> =>
    eventually(
      `${campaign} ends`,
      async () => {
        const { state, progress } = await viewCampaign(world.client, campaign);
        if (progress?.hold) throw new Error(progress.hold.reason);
        return state === 'completed';
      },
      120_000,
    );
  const manifestsOf = async (campaign: string): Promise<Manifest[]> => {
    const entries = await world.deps.manifests.list(campaign);
    const bytes = await Promise.all(entries.map(({ manifest }) => world.deps.store.get(manifest)));
    return bytes.map((one) => readManifest(one).manifest);
  };
  const troublesOf = async (campaign: string) =>
    await failingSteps(world.client, await pendingWork(world.client, campaignWorkflowId(campaign)));
  const endOf = async (campaign: string) =>
    await campaignEnd(world.client, world.deps.dir, await viewCampaign(world.client, campaign));
  const titlesOf = async (campaign: string): Promise<string[]> =>
    (await manifestsOf(campaign)).map(({ content }) => `${content.kind} ${content.round}`);
  const faultsOf = async (campaign: string) =>
    (await verifyCampaign(world.deps.dir, campaign)).flatMap(({ faults }) => faults);
  /** What the server waits for in a workflow and its children: activities, and turns of the workflows themselves. */
  const tasksUnder = async (workflowId: string): Promise<number> => {
    const { raw } = await world.client.workflow.getHandle(workflowId).describe();
    const own = (raw.pendingActivities ?? []).length + (raw.pendingWorkflowTask ? 1 : 0);
    const below = await Promise.all((raw.pendingChildren ?? []).map((child) => tasksUnder(child.workflowId ?? '')));
    return below.reduce((sum, count) => sum + count, own);
  };
  const askedInAll = (): number => [...world.endpoint.asked.values()].reduce((sum, count) => sum + count, 0);

  it('pauses it: work in flight finishes, nothing new is asked for, and resume goes on to the same digests', async () => {
    const calm = await start('calm', { seed: '20' });
    await campaignResult(world.client, 'calm');
    await expect(calm.pause({ now: false })).rejects.toThrow('has ended');
    world.endpoint.delayMs = 150;
    const controls = await start('paused', { seed: '20' });
    await reaches('paused', 'samples a round', ({ phase, step }) => phase === 'round' && step !== undefined);
    await controls.pause({ now: false, reason: 'lunch' });
    await expect(controls.pause({ now: false })).rejects.toThrow('held already: lunch');
    await reaches('paused', 'is held', ({ hold }) => hold?.reason === 'lunch');
    await eventually('its work in flight is done', async () => (await tasksUnder(campaignWorkflowId('paused'))) === 0);
    const asked = askedInAll();
    await delay(1000);
    expect(askedInAll()).toBe(asked);
    await controls.resume();
    await expect(controls.resume()).rejects.toThrow('not paused');
    const result = await campaignResult(world.client, 'paused');
    expect(result.checkpoints.map(({ devPassAt1 }) => devPassAt1)).toEqual(
      (await campaignResult(world.client, 'calm')).checkpoints.map(({ devPassAt1 }) => devPassAt1),
    );
    const events = await world.deps.events.list('paused');
    const by = whoAsks();
    expect(events).toContainEqual(expect.objectContaining({ kind: 'paused', summary: 'lunch', by }));
    expect(events).toContainEqual(expect.objectContaining({ kind: 'resumed', by }));
  }, 300_000);

  it('pauses it at once: what is in flight is cut off, and asked for again after the resume', async () => {
    world.endpoint.delayMs = 20_000;
    const controls = await start('cut', { seed: '21', rounds: 1 });
    await eventually('a request is out', () => world.endpoint.asked.size > 0 && askedInAll() > 0, 120_000);
    await reaches('cut', 'asks', ({ step }) => step?.step === 'base-dev');
    await controls.pause({ now: true });
    world.endpoint.delayMs = 0;
    await controls.resume();
    await campaignResult(world.client, 'cut');
    expect(await titlesOf('cut')).toEqual(['base 0', 'round 1', 'campaign 1']);
  }, 300_000);

  it('stops it after the round, or at once, with what it has sealed', async () => {
    const controls = await start('after-round', { seed: '22', rounds: 9, earlyStop: { patience: false } });
    await reaches('after-round', 'is in a round', ({ phase }) => phase === 'round');
    await controls.stop({ afterRound: true, reason: 'enough' });
    const result = await campaignResult(world.client, 'after-round');
    expect(result.stopped).toBe('enough');
    expect(result.checkpoints.length).toBeLessThan(9);
    expect(await endOf('after-round')).toMatchObject({
      kind: 'stopped',
      reason: 'enough',
      by: whoAsks(),
      best: { round: result.best.round, devPassAt1: result.best.devPassAt1 },
    });

    world.endpoint.delayMs = 300;
    const other = await start('at-once', { seed: '23', rounds: 9 });
    await expect(other.stop({ afterRound: false })).rejects.toThrow('nextune cancel');
    await reaches('at-once', 'samples a round', ({ phase, step }) => phase === 'round' && step !== undefined);
    await other.stop({ afterRound: false });
    expect((await campaignResult(world.client, 'at-once')).stopped).toBe('stopped by a person');
    expect((await manifestsOf('at-once')).at(-1)?.content).toMatchObject({
      kind: 'campaign',
      ended: 'stopped by a person',
    });
  }, 300_000);

  it('cancels it: nothing of it runs on, and running it again asks for nothing that was answered', async () => {
    world.endpoint.delayMs = 200;
    const controls = await start('cancelled', { seed: '24', rounds: 1 });
    await reaches('cancelled', 'samples a round', ({ phase, step }) => phase === 'round' && step !== undefined);
    await controls.cancel();
    expect(await viewCampaign(world.client, 'cancelled')).toMatchObject({ state: 'cancelled' });
    const ended = (await world.deps.events.list('cancelled')).find(({ kind }) => kind === 'stopped');
    expect(ended).toMatchObject({ by: whoAsks(), summary: 'cancelled by a person' });
    expect(await endOf('cancelled')).toMatchObject({ kind: 'cancelled', by: whoAsks(), best: { round: 0 } });
    world.endpoint.asked.clear();
    await start('cancelled', { seed: '24', rounds: 1 });
    await campaignResult(world.client, 'cancelled');
    expect(Math.max(...world.endpoint.asked.values())).toBe(1);
    expect(await titlesOf('cancelled')).toContain('round 1');
  }, 300_000);

  it('waits for approvals and goes on from each', async () => {
    const controls = await start('approved', { seed: '25', approvals: [2] });
    await reaches('approved', 'waits', ({ hold }) => hold?.by === 'approval');
    await expect(controls.resume()).rejects.toThrow('nextune approve');
    await controls.approve({ note: 'looks right' });
    expect((await campaignResult(world.client, 'approved')).checkpoints.length).toBe(3);
    const approved = (await world.deps.events.list('approved')).find(({ kind }) => kind === 'approved');
    expect(approved?.summary).toBe('round 2 approved: looks right');
  }, 300_000);

  it('goes on with one that is done, by extend', async () => {
    const controls = await start('extended', { seed: '26', rounds: 1 });
    await campaignResult(world.client, 'extended');
    expect((await controls.extend({ rounds: 1 })).rounds).toBe(2);
    expect((await campaignResult(world.client, 'extended')).checkpoints.length).toBe(3);
    expect(await titlesOf('extended')).toEqual(['base 0', 'round 1', 'campaign 1', 'round 2', 'campaign 2']);
    expect(await faultsOf('extended')).toEqual([]);
  }, 300_000);

  it('holds it at its budget of tokens, with the reason, until the budget is raised', async () => {
    const whole = await world.deps.spend.total('extended');
    const tokens = Math.round(0.6 * (whole.promptTokens + whole.completionTokens));
    const controls = await start('budgeted', { seed: '27', budget: { tokens } });
    await reaches('budgeted', 'is held', ({ hold }) => hold?.by === 'budget');
    const { progress } = await viewCampaign(world.client, 'budgeted');
    expect(progress?.hold?.reason).toContain(`out of the budget of ${tokens} tokens: `);
    const spent = await world.deps.spend.total('budgeted');
    expect(spent.promptTokens + spent.completionTokens).toBeLessThanOrEqual(tokens);
    await controls.budget({ tokens: null });
    await controls.resume();
    expect((await campaignResult(world.client, 'budgeted')).checkpoints.length).toBe(3);
  }, 300_000);

  it('runs a finished round again from each step, keeps what came before, and keeps the earlier attempts on record', async () => {
    const campaign = 'retried';
    const controls = await start(campaign, { seed: '28', rounds: 2 });
    await campaignResult(world.client, campaign);
    const first = (await manifestsOf(campaign)).slice(1);
    world.endpoint.asked.clear();
    let [attempt, sealed] = [1, 1 + first.length];
    for (const from of ['sample', 'verify', 'fine-tune', 'evaluate'] as const) {
      const superseded = (await world.deps.manifests.list(campaign)).findLast(
        (one) => one.kind === 'round' && one.round === 1,
      );
      await controls.retry({ round: 1, from });
      await campaignResult(world.client, campaign);
      attempt++;
      const again = (await manifestsOf(campaign)).slice(sealed);
      sealed += again.length;
      expect(again.map(({ contentDigest }) => contentDigest)).toEqual(first.map(({ contentDigest }) => contentDigest));
      expect(again[0]?.circumstances).toMatchObject({ attempt, supersedes: superseded?.manifest });
      expect(again[0]?.circumstances.workflowId).toBe(`nextune/${campaign}/round-1.${attempt}`);
    }
    expect(askedInAll()).toBe(0);
    expect(await faultsOf(campaign)).toEqual([]);
    expect((await world.deps.events.list(campaign)).filter(({ kind }) => kind === 'retried').length).toBe(4);
  }, 300_000);

  it('holds a round that fails for good, says why, and runs it again when asked', async () => {
    const campaign = 'failing';
    const controls = await start(campaign, { seed: '29', rounds: 1 });
    world.endpoint.trouble = ({ messages }, response) => {
      if (!JSON.stringify(messages).includes('train-3.')) return undefined;
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no such thing"}}');
      return 'answered';
    };
    await reaches(campaign, 'is held', ({ hold }) => hold?.by === 'failure');
    expect((await viewCampaign(world.client, campaign)).progress?.hold?.reason).toMatch(
      /^round 1 failed: .*no such thing/,
    );
    await expect(controls.resume()).rejects.toThrow('round 1 failed');
    world.endpoint.trouble = undefined;
    await controls.retry({ round: 1, from: 'sample' });
    expect((await campaignResult(world.client, campaign)).checkpoints.length).toBe(2);
  }, 300_000);

  it('rolls back after a collapse: the next round samples the best model again, at new indexes', async () => {
    const campaign = 'collapsed';
    collapsesOnceTuned(world.endpoint);
    const config = { ...short, seed: '31', rounds: 2, earlyStop: { patience: false, rollBack: true } };
    const tasks = await putRows(world.deps.store, collapseTasks);
    await startCampaign(world.client, { ...(await world.inputFor(campaign, config)), tasks });
    const { best, checkpoints } = await campaignResult(world.client, campaign);
    world.endpoint.write = undefined;
    expect(checkpoints.map(({ devPassAt1 }) => devPassAt1)).toEqual([1, 0, 0]);
    expect(checkpoints[1]?.decision).toMatchObject({ next: 'rollBack', best: { round: 0 } });
    expect(best.round).toBe(0);
    const [, first, second] = (await manifestsOf(campaign)).map(({ content }) => content);
    expect(second?.sampledFrom).toEqual(first?.sampledFrom);
    expect([first?.firstIndex, second?.firstIndex]).toEqual([undefined, 4]);
    expect((await world.deps.events.list(campaign)).map(({ kind }) => kind)).toContain('rolledBack');
    expect(await faultsOf(campaign)).toEqual([]);
  }, 300_000);

  it('is told of a step that is tried again: which, since when, why, when next and what to do', async () => {
    world.endpoint.trouble = (_request, response) => {
      response.writeHead(500).end('{}');
      return 'answered';
    };
    const began = Date.now();
    await start('troubled', { seed: '30', rounds: 1 });
    let steps = await troublesOf('troubled');
    await eventually(
      'the step is known as failing',
      async () => {
        steps = await troublesOf('troubled');
        return steps.some(({ nextAttemptMs }) => nextAttemptMs !== undefined);
      },
      120_000,
    );
    expect(steps[0]).toMatchObject({ step: 'sample', type: 'nextune.model.unavailable' });
    expect(steps[0]?.lastError).toContain('500');
    expect(steps[0]?.sinceMs).toBeGreaterThanOrEqual(began - 1000);
    expect(steps[0]?.advice).toContain('model server');
    world.endpoint.trouble = undefined;
    await campaignResult(world.client, 'troubled');
    expect(await troublesOf('troubled')).toEqual([]);
  }, 300_000);

  it('runs an unsealed round again from its last step after a stop and a gc of everything that no seal names', async () => {
    const campaign = 'collected';
    const evaluation = { samples: 2, k: [1, 2], test: true, withoutTrace: false };
    const controls = await start(campaign, { seed: '32', rounds: 1, evaluation });
    world.endpoint.trouble = ({ model, messages }, response) => {
      if (!model.startsWith('tuned-') || !JSON.stringify(messages).includes('dev-3.')) return undefined;
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no such thing"}}');
      return 'answered';
    };
    await reaches(campaign, 'is held', ({ hold }) => hold?.by === 'failure');
    await controls.stop({ afterRound: false });
    await campaignResult(world.client, campaign);
    expect(await titlesOf(campaign)).toEqual(['base 0', 'campaign 0']);
    const loose = await world.deps.store.put('nothing needs this');
    await collectGarbage(world.deps.dir, { abandoned: [], nowMs: Date.now() + 2 * 3_600_000 });
    expect(await world.deps.store.has(loose)).toBe(false);

    world.endpoint.trouble = undefined;
    world.endpoint.asked.clear();
    const { store } = world.deps;
    const kept = await world.deps.kept.list(campaign);
    const get = store.get;
    store.get = (digest) => get(kept.includes(digest) ? digestOf('gone') : digest);
    await controls.retry({ round: 1, from: 'evaluate' });
    await reaches(campaign, 'is held', ({ hold }) => hold?.by === 'failure');
    expect((await viewCampaign(world.client, campaign)).progress?.hold?.reason).toMatch(
      /restore it, or run its step again/,
    );
    store.get = get;
    await controls.retry({ round: 1, from: 'evaluate' });
    await endsUnheld(campaign);
    const result = await campaignResult(world.client, campaign);
    expect(result.test?.best.tasks).toBe(2);
    expect([...world.endpoint.asked.keys()].filter((body) => body.includes('train-'))).toEqual([]);
    expect(await titlesOf(campaign)).toEqual(['base 0', 'campaign 0', 'round 1', 'campaign 1']);
    expect(await faultsOf(campaign)).toEqual([]);
  }, 300_000);
});
