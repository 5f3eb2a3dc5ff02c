import type { StepProgress } from '../../contract/campaign.js';
import { type Pace, paceOf } from '../../core/progress/pace.js';
import type { CampaignView } from '../campaigns.js';

const stepNames: Record<string, string> = {
  trace: 'tracing the buggy programs',
  'base-dev': 'scoring the base model on dev',
  filter: 'finding the hard problems',
  train: 'sampling fixes',
  select: 'selecting training samples',
  'fine-tune': 'fine-tuning',
  dev: 'scoring the tuned model on dev',
  'base-dev-no-trace': 'scoring the base without traces',
  'best-dev-no-trace': 'scoring the best without traces',
  'base-test': 'scoring the base on test',
  'best-test': 'scoring the best on test',
};

export const stepName = (step: string): string => stepNames[step] ?? step;

/** `1h02m`, `3m05s` or `12s`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m${two(seconds % 60)}s` : `${seconds}s`;
};

/** Rate and time left of a step; nothing is promised before something is done. */
const paceWords = (step: StepProgress, guess: Pace | undefined, nowMs: number): string => {
  if (guess) return `about ${formatDuration(guess.leftMs)} left, by the engine’s speed`;
  const pace = paceOf(step, nowMs);
  if (!pace) return formatDuration(nowMs - step.startedAtMs);
  const rate = pace.perSecond >= 10 ? pace.perSecond.toFixed(0) : pace.perSecond.toFixed(2);
  return `${rate} ${step.unit}/s, ${formatDuration(pace.leftMs)} left`;
};

/** How far a held step is; work in flight may still add to it. */
const heldAt = (step: StepProgress | undefined): string => {
  if (!step || step.done >= step.total) return '';
  return `${stepName(step.step)}${step.total > 1 ? ` ${step.done}/${step.total} ${step.unit}` : ''}, `;
};

/** One line of what a campaign does right now. */
export const progressLine = ({ state, progress, step, guess }: CampaignView, nowMs: number): string => {
  if (!progress) return `${state}: no worker answers right now`;
  const where = progress.phase === 'round' ? `round ${progress.round}/${progress.rounds}` : progress.phase;
  const { hold } = progress;
  if (hold) return `${where}: ${heldAt(step)}held (${hold.by}) for ${formatDuration(nowMs - hold.sinceMs)}`;
  if (!step) return `${where}: ${state}`;
  const counted = step.total > 1 ? ` ${step.done}/${step.total} ${step.unit}` : '';
  const passes = step.unit === 'samples' && step.passes > 0 ? `, ${step.passes} passed` : '';
  return `${where}: ${stepName(step.step)}${counted}${passes} (${paceWords(step, guess, nowMs)})`;
};
