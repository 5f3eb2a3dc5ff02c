import { condition } from '@temporalio/workflow';
import type { StepProgress } from '../contract/campaign.js';
import type { CampaignControl, Hold } from '../contract/control.js';
import type { Gate } from './gate.js';

/** What a round is told of what people set, and told again at every change. */
export type Steer = Pick<CampaignControl, 'budget' | 'startedAtMs' | 'heldMs'> & { hold?: Hold };

/** What steers a workflow's work: the gate all of it passes, what it may spend, and whom it tells how far it is. */
export interface Steering {
  gate: Gate;
  /** As people set it last. */
  steer(): Steer;
  /** Closes the gate and tells whoever can open it. */
  hold(hold: Hold): Promise<void>;
  report(step: StepProgress): void;
}

export const steerOf = ({ budget, startedAtMs, heldMs, hold }: CampaignControl): Steer => ({
  budget,
  startedAtMs,
  heldMs,
  ...(hold && { hold }),
});

/** A step without a count of its own. */
export const reportStep = ({ report }: Steering, step: string): void =>
  report({ step, unit: 'steps', done: 0, total: 1, passes: 0, startedAtMs: Date.now() });

/** Waits until a condition holds; no timer, so nothing is added to the history while it does. */
export const until = (holds: () => boolean): Promise<void> => condition(holds);
