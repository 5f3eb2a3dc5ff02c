import { getExternalWorkflowHandle, isCancellation, setHandler, TemporalFailure } from '@temporalio/workflow';
import type { RoundCut, RoundInput, RoundKept, RoundOutcome, StepProgress } from '../contract/campaign.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { Gate, Interrupted } from './gate.js';
import { holdCampaign, interruptRound, roundProgress, steerRound } from './messages.js';
import { control, titled } from './options.js';
import { reasonOf } from './reason.js';
import { takeSteps } from './round-steps.js';
import type { Steer, Steering } from './steering.js';

/** One pass of Algorithm 1's loop, sealed; or why it was not, with what its steps made so far. */
export async function round(input: RoundInput): Promise<RoundOutcome> {
  const steering = steerFrom(input);
  if (input.control === undefined) return await takeSteps(input, steering, {});
  const kept: RoundKept = {};
  try {
    Object.assign(kept, await keptBefore(input));
    const result = await takeSteps(input, steering, kept);
    return { ...result, kept: await keep(input, kept) };
  } catch (error) {
    const cut = cutBy(error);
    if (cut === undefined) throw error;
    return { ...cut, ...(Object.keys(kept).length > 0 && { kept: await keep(input, kept) }) };
  }
}

/** An end that the campaign decides about; a cancellation and our own faults stay what they are. */
const cutBy = (error: unknown): RoundCut | undefined => {
  if (error instanceof Interrupted) return { cut: 'interrupted', reason: error.message };
  if (!(error instanceof TemporalFailure) || isCancellation(error)) return undefined;
  return { cut: 'failed', reason: reasonOf(error) };
};

const keep = ({ campaign }: RoundInput, kept: RoundKept) =>
  titled('keep what the steps made', control.keep, { campaign, kept });

/** What an earlier attempt made before the step from which this one starts. */
const keptBefore = async ({ control: given }: RoundInput): Promise<RoundKept> => {
  if (given?.keep === undefined || given.keep.from === 'sample') return {};
  const { object, from } = given.keep;
  const { shards, selected, tuned, produced } = await titled('recall an earlier attempt', control.recall, { object });
  return {
    ...(shards && { shards }),
    ...(from !== 'verify' && from !== 'select' && selected && { selected }),
    ...(from === 'evaluate' && tuned && produced && { tuned, produced }),
  };
};

const steerFrom = (input: RoundInput): Steering => {
  let progress: StepProgress | undefined;
  let steer: Steer = input.control?.steer ?? { budget: {}, startedAtMs: Date.now(), heldMs: 0 };
  const gate = new Gate(steer.hold);
  setHandler(roundProgress, () => progress);
  setHandler(steerRound, (changed) => {
    steer = changed;
    gate.set(changed.hold);
  });
  setHandler(interruptRound, (reason) => gate.interrupt(reason));
  return {
    gate,
    steer: () => steer,
    async hold(hold) {
      gate.set(hold);
      await getExternalWorkflowHandle(campaignWorkflowId(input.campaign)).signal(holdCampaign, hold);
    },
    report(step) {
      progress = step;
    },
  };
};
