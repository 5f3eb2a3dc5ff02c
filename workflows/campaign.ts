import { continueAsNew, executeChild, setHandler } from '@temporalio/workflow';
import type {
  CampaignInput,
  CampaignProgress,
  CampaignResult,
  CampaignState,
  StepProgress,
} from '../contract/campaign.js';
import { roundWorkflowId } from '../contract/workflow-ids.js';
import { bestCheckpoint } from '../core/select/best.js';
import { begin } from './begin.js';
import { finish } from './finish.js';
import { campaignProgress } from './messages.js';
import type { round } from './round.js';

/** Algorithm 1 of NExT (Ni et al., 2024), a line of the paper above each line of code. */
export async function campaign(input: CampaignInput): Promise<CampaignResult> {
  const { config } = input;
  const progress = followProgress(input);

  // input: D, D_dev, θ0, I, E, M, m;  D_H = { d in D : M(θ0, d) < m }
  const state = input.resume ?? (await begin(input, progress.report('base')));

  // for i in 0 .. I-1
  if (state.round < config.rounds && state.stopped === undefined) {
    progress.enterRound(state);
    const next = await oneRound(input, state);
    return await continueAsNew<typeof campaign>({ ...input, resume: next });
  }

  // return the θi with the best mean M on D_dev; θ0 is one of them
  const best = bestCheckpoint(state.checkpoints);
  const result = await finish(input, state, best, progress.report('final'));
  progress.report('done')(undefined);
  return result;
}

/** B_i from θ_i; θ_(i+1) = fine-tune θ0 on B_i. The newest model samples the next round. */
const oneRound = async (input: CampaignInput, state: CampaignState): Promise<CampaignState> => {
  const { campaign: id, config, configuration } = input;
  const number = state.round + 1;
  const { base, codeVersion, train, dev, shots, sealed } = state;
  const newest = state.checkpoints.at(-1)?.model ?? base;
  const outcome = await executeChild<typeof round>('round', {
    workflowId: roundWorkflowId(id, number, 1),
    args: [
      {
        campaign: id,
        config,
        configuration,
        round: number,
        model: newest,
        state: { base, codeVersion, train, dev, shots, sealed },
      },
    ],
  });
  return {
    ...state,
    round: number,
    sealed: outcome.sealed,
    checkpoints: outcome.checkpoint ? [...state.checkpoints, outcome.checkpoint] : state.checkpoints,
    ...(outcome.ended !== undefined && { stopped: outcome.ended }),
  };
};

type Phase = CampaignProgress['phase'];

const followProgress = ({ campaign: id, config, resume }: CampaignInput) => {
  let progress: CampaignProgress = {
    phase: 'prepare',
    round: resume?.round ?? 0,
    rounds: config.rounds,
    checkpoints: resume?.checkpoints ?? [],
  };
  setHandler(campaignProgress, () => progress);
  return {
    report: (phase: Phase) => (step: StepProgress | undefined) => {
      progress = { ...progress, phase, ...(step && { step }) };
    },
    enterRound: (state: CampaignState) => {
      const number = state.round + 1;
      const roundId = roundWorkflowId(id, number, 1);
      progress = {
        ...progress,
        phase: 'round',
        round: number,
        roundWorkflowId: roundId,
        checkpoints: state.checkpoints,
      };
    },
  };
};
