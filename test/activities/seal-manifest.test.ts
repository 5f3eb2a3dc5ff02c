import { rm } from 'node:fs/promises';
import { putRows } from '../../activities/rows.js';
import { type SealArgs, sealManifestAt } from '../../activities/seal-manifest.js';
import type { NewEvent } from '../../contract/event.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { fakeDeps } from '../fakes/deps.js';

describe('a seal', () => {
  const deps = fakeDeps({ concurrency: 1, complete: () => Promise.reject(new Error('nothing is asked here')) });
  afterAll(() => rm(deps.dir, { recursive: true }));

  /** Seals a round as its activity does, and gives what the log tells of it besides the seal itself. */
  const toldOf = async (
    campaign: string,
    found: Pick<SealArgs['content'], 'counts' | 'decision'>,
    attempts = 1,
  ): Promise<NewEvent[]> => {
    const none = await putRows(deps.store, []);
    const problems = { tasks: none, traces: none };
    const content: SealArgs['content'] = {
      kind: 'round',
      campaign,
      round: 2,
      configuration: await deps.store.put(canonicalJson({})),
      codeVersion: 'test',
      promptVersion: 'repair-1',
      base: { model: 'fake', digest: 'sha-base', tuned: false },
      shots: problems,
      shards: [],
      evaluations: [],
      previous: null,
      ...found,
    };
    const circumstances = { previousManifest: null, durations: [], askedGroups: 0, recordedGroups: 0 };
    const place = { workflowId: 'w', runId: 'r', activityId: '7', host: 'here', sealedAt: '2026-01-01T00:00:00.000Z' };
    for (let attempt = 0; attempt < attempts; attempt++) await sealManifestAt(deps, { content, circumstances }, place);
    const events = await deps.events.list(campaign);
    expect(events.filter(({ kind }) => kind === 'sealed')).toHaveLength(1);
    return events.filter(({ kind }) => kind !== 'sealed');
  };
  const decision = {
    next: 'rollBack' as const,
    reason: 'pass@25 fell by 0.20 [-0.31, -0.09] against round 1',
    best: { round: 1, devPassAt1: 0.3 },
    devPassAt1: 0.1,
    roundsWithoutGain: 1,
  };

  it('tells how many samples have no verdict, once however often its activity runs', async () => {
    const told = await toldOf('starved', { counts: { samples: 64, none: 3 } }, 2);
    expect(told).toMatchObject([{ kind: 'noVerdicts', by: 'nextune on here', round: 2 }]);
    expect(told[0]?.summary).toBe('3 of 64 samples without a verdict: they train and score nothing');
  });

  it('tells of a roll-back with its reason, once however often its activity runs', async () => {
    const told = await toldOf('fallen', { counts: { samples: 64, none: 0 }, decision }, 2);
    expect(told).toMatchObject([{ kind: 'rolledBack', by: 'nextune on here', round: 2, summary: decision.reason }]);
  });

  it('tells of both where both happened', async () => {
    const told = await toldOf('both', { counts: { samples: 64, none: 1 }, decision });
    expect(told.map(({ kind }) => kind)).toEqual(['noVerdicts', 'rolledBack']);
  });

  it('tells of neither where every sample has a verdict and the next round goes on', async () => {
    const goesOn = { ...decision, next: 'continue' as const };
    expect(await toldOf('calm', { counts: { samples: 64, none: 0 }, decision: goesOn })).toEqual([]);
    expect(await toldOf('first', { counts: { samples: 64 } })).toEqual([]);
  });
});
