import { engineHealth } from '../adapters/model/embedded-engine.js';
import type { StepProgress } from '../contract/campaign.js';
import type { Pace } from '../core/progress/pace.js';
import type { CampaignView } from './campaigns.js';

/** Tokens an answer of the base and of a tuned embedded model, as counted in the campaigns of docs/log.md (2026-11-25). */
const answerTokens = { base: 134, tuned: 105 } as const;

const isTuned = ({ progress, step }: CampaignView): boolean =>
  step?.step === 'dev' ||
  step?.step.startsWith('best-') === true ||
  (step?.step === 'train' && (progress?.round ?? 0) > 1);

/**
 * So many answers the engine writes side by side (its --max-rows): minutes pass before the first is there, and the first few
 * say little, for the others are nearly done then too.
 */
const sideBySide = 64;

/** How fast sampling may go and how long it may take, by how many tokens a second the engine writes; time since it began counts down. */
export const guessFrom = (view: CampaignView, tokensPerSecond: number, nowMs: number): Pace | undefined => {
  const { step } = view;
  if (!step || !isEarly(step) || step.busySinceMs === undefined || tokensPerSecond <= 0) return undefined;
  const perSecond = tokensPerSecond / (isTuned(view) ? answerTokens.tuned : answerTokens.base);
  const leftMs = (1000 * (step.total - step.done)) / perSecond - (nowMs - step.busySinceMs);
  return leftMs > 0 ? { perSecond, leftMs } : undefined;
};

const isEarly = ({ unit, worked }: StepProgress): boolean => unit === 'samples' && (worked?.made ?? 0) < sideBySide;

/** The view, with a guess while too little is known of a step's own pace and the embedded engine is at work. */
export const withFirstGuess = async (
  view: CampaignView,
  engineUrl: string | undefined,
  nowMs: number,
): Promise<CampaignView> => {
  const { step, progress } = view;
  if (!engineUrl || !step || !isEarly(step) || progress?.hold) return view;
  const health = await engineHealth(engineUrl, patienceMs);
  const guess = health?.rate && health.running > 0 ? guessFrom(view, health.rate, nowMs) : undefined;
  return { ...view, ...(guess && { guess }) };
};

/** A busy engine may be slow to answer; nobody waits for a guess. */
const patienceMs = 1000;
