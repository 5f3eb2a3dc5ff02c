import { ChildWorkflowFailure, isCancellation, startChild } from '@temporalio/workflow';
import type { CampaignInput, CampaignState, RoundOutcome, RoundRecord } from '../contract/campaign.js';
import type { RetryRequest } from '../contract/control.js';
import type { ModelRef } from '../contract/steps.js';
import { roundWorkflowId } from '../contract/workflow-ids.js';
import { firstIndexFor, rewound, sourceOf, withRecord } from '../core/control/rounds.js';
import type { Desk } from './desk.js';
import { Interrupted } from './gate.js';
import { reasonOf } from './reason.js';
import type { round } from './round.js';
import { steerOf } from './steering.js';

/** The next round, attempt by attempt, until one is sealed or a person ends the rounds. */
export const nextRound = async (input: CampaignInput, before: CampaignState, desk: Desk): Promise<CampaignState> => {
  let state = before;
  const number = state.round + 1;
  try {
    await desk.passApproval(number, input.config.approvals);
    for (;;) {
      const retry = desk.takeRetry();
      if (retry && retry.round < number) return goBack(state, retry, desk);
      const { record, outcome } = await attempt({ input, state, desk, retry });
      state = withRecord(state, { ...record, ...(outcome.kept && { kept: outcome.kept }) });
      if ('sealed' in outcome) return advanced(state, record, outcome);
      if (outcome.cut === 'failed' && !desk.hasRetry()) await desk.holdForFailure(number, outcome.reason);
      if (!desk.hasRetry()) await desk.gate.pass();
    }
  } catch (error) {
    if (error instanceof Interrupted) return { ...state, stopped: error.message };
    throw error;
  }
};

interface Attempt {
  input: CampaignInput;
  state: CampaignState;
  desk: Desk;
  retry: RetryRequest | undefined;
}

/** Starts the round's workflow and follows it; who steers the campaign steers it too. */
const attempt = async ({ input, state, desk, retry }: Attempt) => {
  const { campaign, config, configuration } = input;
  const number = state.round + 1;
  const { base, codeVersion, train, dev, shots, sealed } = state;
  const earlier = state.rounds?.find((one) => one.round === number);
  const record = roundToRun(state, earlier, config.sampling.n);
  const keep = retry && earlier?.kept ? { object: earlier.kept, from: retry.from } : undefined;
  const checkpoints = state.checkpoints.map(({ round, devPassAt1, dev: score }) => ({ round, devPassAt1, dev: score }));
  await desk.gate.pass();
  const handle = await startChild<typeof round>('round', {
    workflowId: roundWorkflowId(campaign, number, record.attempt),
    staticSummary: `round ${number}${record.attempt > 1 ? `, attempt ${record.attempt}` : ''}`,
    args: [
      {
        campaign,
        config,
        configuration,
        round: number,
        model: record.sampledFrom,
        state: { base, codeVersion, train, dev, shots, sealed },
        ...(desk.modern && {
          control: {
            attempt: record.attempt,
            firstIndex: record.firstIndex,
            steer: steerOf(desk.control),
            checkpoints,
            ...(keep && { keep }),
            ...(earlier?.sealed && { supersedes: earlier.sealed.manifest }),
          },
        }),
      },
    ],
  });
  return { record, outcome: await desk.follow(state, record, () => outcomeOf(handle.result(), desk), handle) };
};

/** A round of a campaign that is older than held rounds fails it, as it did; any other failure is held and told. */
const outcomeOf = async (result: Promise<RoundOutcome>, desk: Desk): Promise<RoundOutcome> => {
  try {
    return await result;
  } catch (error) {
    if (!desk.modern || isCancellation(error) || !(error instanceof ChildWorkflowFailure)) throw error;
    return { cut: 'failed', reason: reasonOf(error) };
  }
};

/**
 * A round that is run again samples what it sampled before; a new one, the newest model or the one rolled back to. What
 * an earlier attempt kept stays known should this one be cut short before it keeps anything.
 */
const roundToRun = (state: CampaignState, earlier: RoundRecord | undefined, n: number): RoundRecord => {
  const round = state.round + 1;
  const attempt = (earlier?.attempt ?? 0) + 1;
  if (earlier && !earlier.outdated) {
    return { ...earlier, attempt };
  }
  const sampledFrom: ModelRef = sourceOf(state);
  const firstIndex = firstIndexFor(sampledFrom, state.rounds ?? [], { before: round, n });
  const { sealed } = earlier ?? {};
  return { round, attempt, sampledFrom, firstIndex, ...(sealed && { sealed }) };
};

const advanced = (
  state: CampaignState,
  record: RoundRecord,
  outcome: Extract<RoundOutcome, { sealed: unknown }>,
): CampaignState => {
  const { sealed, kept, checkpoint, ended, decision } = outcome;
  const stopped = ended ?? (decision?.next === 'stop' ? decision.reason : undefined);
  return {
    ...withRecord(state, { ...record, sealed, ...(kept && { kept }) }),
    round: record.round,
    sealed,
    checkpoints: checkpoint ? [...state.checkpoints, checkpoint] : state.checkpoints,
    ...(stopped !== undefined && { stopped }),
  };
};

/** The state before an earlier round, which is then run again; every later one follows anew. */
const goBack = (state: CampaignState, retry: RetryRequest, desk: Desk): CampaignState => {
  desk.putBack(retry);
  return rewound(state, retry.round);
};
