import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { CampaignInput, CampaignResult, CampaignState } from '../contract/campaign.js';
import { bestCheckpoint } from '../core/select/best.js';
import { begin } from './begin.js';
import { Desk } from './desk.js';
import { finish } from './finish.js';
import { answerPeople } from './people.js';
import { nextRound } from './rounds.js';

/** Algorithm 1 of NExT (Ni et al., 2024), a line of the paper above each line of code. */
export async function campaign(input: CampaignInput): Promise<CampaignResult> {
  const desk = new Desk(input);
  answerPeople(desk);
  try {
    return await run(input, desk);
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => recordEnd(desk));
    throw error;
  }
}

const run = async (input: CampaignInput, desk: Desk): Promise<CampaignResult> => {
  await desk.recordReopening();

  // input: D, D_dev, θ0, I, E, M, m;  D_H = { d in D : M(θ0, d) < m }
  if (input.resume === undefined) desk.enter('base');
  const state = input.resume ?? (await begin(input, desk));

  // for i in 0 .. I-1: B_i from θ_i; θ_(i+1) = fine-tune θ0 on B_i. The newest model samples the next round.
  if (hasRounds(state, desk)) {
    desk.enter('round', state);
    const next = await nextRound(input, state, desk);
    await condition(allHandlersFinished);
    return await continueAsNew<typeof campaign>({ ...input, resume: next, control: desk.control });
  }

  // return the θi with the best mean M on D_dev; θ0 is one of them
  desk.enter('final', state);
  const best = bestCheckpoint(state.checkpoints);
  const result = await finish(input, ended(state, desk), best, desk);
  await condition(allHandlersFinished);
  desk.enter('done');
  return result;
};

const hasRounds = (state: CampaignState, { control }: Desk): boolean => {
  if (control.stopNow !== undefined) return false;
  if (control.retry !== undefined) return true;
  return state.round < control.rounds && state.stopped === undefined && control.stopAfterRound === undefined;
};

/** A person's stop is the reason only where rounds were left. */
const ended = (state: CampaignState, { control }: Desk): CampaignState => {
  if (control.stopNow !== undefined) return { ...state, stopped: control.stopNow };
  const early = state.round < control.rounds && control.stopAfterRound !== undefined;
  return early && state.stopped === undefined ? { ...state, stopped: control.stopAfterRound ?? '' } : state;
};

const recordEnd = (desk: Desk): Promise<void> =>
  desk.record(
    `${workflowInfo().workflowId}/${workflowInfo().runId}/cancelled`,
    'stopped',
    'cancelled by a person',
    desk.canceller ?? 'unnamed',
  );
