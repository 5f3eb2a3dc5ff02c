import { type Ended, endOf } from '../../client/campaign-end.js';
import { endLines } from '../../client/cli/end-lines.js';
import type { CampaignResult, Checkpoint } from '../../contract/campaign.js';
import type { Decision, Hold } from '../../contract/control.js';
import type { CampaignEvent } from '../../contract/event.js';

const checkpoint = (round: number, mean: number, decision?: Decision): Checkpoint =>
  ({
    round,
    devPassAt1: mean,
    dev: { passAtK: [{ k: 1, mean, low: mean - 0.1, high: mean + 0.1 }] },
    ...(decision && { decision }),
  }) as Checkpoint;
const resultOf = (checkpoints: Checkpoint[], stopped?: string): CampaignResult =>
  ({ best: checkpoints[0], checkpoints, ...(stopped !== undefined && { stopped }) }) as CampaignResult;
const stopEvent = (by: string, summary: string): CampaignEvent => ({
  version: 1,
  id: summary,
  kind: 'stopped',
  at: '2026-11-28T05:00:00.000Z',
  by,
  summary,
});
const progressWith = (hold?: Hold) => ({
  phase: 'done' as const,
  round: 2,
  rounds: 2,
  checkpoints: [checkpoint(0, 0.2), checkpoint(1, 0.4)],
  ...(hold && { hold }),
});
const ended = (overrides: Partial<Ended> = {}): Ended => ({
  status: 'COMPLETED',
  endedAt: '2026-11-28T05:01:02.345Z',
  progress: progressWith(),
  result: resultOf([checkpoint(0, 0.2), checkpoint(1, 0.4)]),
  failure: undefined,
  events: [],
  ...overrides,
});
const linesOf = (overrides: Partial<Ended>): string[] => endLines(endOf(ended(overrides)));
const at = ' (2026-11-28 05:01:02 UTC)';

describe('the end of a campaign', () => {
  it('is that all rounds are done, with the best round and its interval', () => {
    expect(endOf(ended())).toEqual({
      kind: 'allRounds',
      reason: 'all rounds are done (2)',
      at: '2026-11-28T05:01:02.345Z',
      best: { round: 1, devPassAt1: 0.4, low: 0.4 - 0.1, high: 0.5, roundsScored: 1 },
    });
    expect(linesOf({})).toEqual([
      `ended: all rounds are done (2)${at}`,
      'best: round 1, dev pass@1 40.0 [30.0, 50.0] %',
    ]);
  });

  it('says where no round was better than the base', () => {
    const [, best] = linesOf({ result: resultOf([checkpoint(0, 0.5), checkpoint(1, 0.5)]) });
    expect(best).toBe('best: the base model, dev pass@1 50.0 [40.0, 60.0] %; no round was better');
  });

  it('says where no round was scored', () => {
    const reason = 'round 1 kept 2 training samples and trained nothing: trainer.kind is none';
    const [, best] = linesOf({ result: resultOf([checkpoint(0, 0.5)], reason) });
    expect(best).toBe('best: the base model, dev pass@1 50.0 [40.0, 60.0] %; no round was scored');
  });

  it('is an early stop where the last round decided so', () => {
    const reason = 'no better dev pass@1 in 2 rounds';
    const decision = { next: 'stop', reason } as Decision;
    const result = resultOf([checkpoint(0, 0.2), checkpoint(1, 0.1, decision)], reason);
    expect(endOf(ended({ result }))).toMatchObject({ kind: 'earlyStop', reason });
  });

  it('is a person, by name, and the budget that held it then', () => {
    const hold: Hold = { by: 'budget', reason: 'out of the budget of 10 tokens', sinceMs: 0, now: false };
    const stopped = {
      result: resultOf([checkpoint(0, 0.2)], 'enough'),
      events: [stopEvent('eve@elsewhere', 'another'), stopEvent('ada@laptop', 'enough, after the round under way')],
      progress: progressWith(hold),
    };
    expect(endOf(ended(stopped))).toMatchObject({ kind: 'stopped', by: 'ada@laptop', heldBy: hold.reason });
    expect(linesOf(stopped).slice(0, 2)).toEqual([
      `ended: stopped by ada@laptop: enough${at}`,
      '  it was held then: out of the budget of 10 tokens',
    ]);
  });

  it('is a round that kept too little to train on', () => {
    const reason = 'round 1 kept 2 training samples, fewer than trainer.minSamples = 4: draw more samples';
    const end = endOf(ended({ result: resultOf([checkpoint(0, 0.2)], reason) }));
    expect(end).toMatchObject({ kind: 'nothingToTrain', reason });
  });

  it('is a cancellation, by whom where they said so, with the best so far', () => {
    const cancelled = { status: 'CANCELLED', result: undefined } as const;
    expect(linesOf({ ...cancelled, events: [stopEvent('ada@laptop', 'cancelled by a person')] })).toEqual([
      `ended: cancelled by ada@laptop${at}`,
      'best so far: round 1, dev pass@1 40.0 [30.0, 50.0] %',
    ]);
    expect(linesOf({ ...cancelled, events: [stopEvent('unnamed', 'cancelled by a person')] })[0]).toBe(
      `ended: cancelled${at}`,
    );
  });

  it('is the failure itself, and no best where nothing was scored', () => {
    const failed = {
      status: 'FAILED',
      failure: 'no such table\n  from: Activity task failed',
      result: undefined,
    } as const;
    expect(linesOf({ ...failed, progress: undefined })).toEqual([
      `ended: failed: no such table${at}`,
      '  from: Activity task failed',
    ]);
  });
});
