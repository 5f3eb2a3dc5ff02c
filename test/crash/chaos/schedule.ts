import { seededRandom } from '../../../core/random.js';

/** What is killed. `endpoint` drops its connections for a while: as a model server that dies and comes back. */
export const victims = ['worker', 'temporal', 'sandbox', 'trainer', 'endpoint', 'supervisor', 'everything'] as const;
/** With a model server of ours in the endpoint's place. */
export const embeddedVictims = victims.map((victim) => (victim === 'endpoint' ? 'engine' : victim));
export type Victim = (typeof victims)[number] | 'engine';

const firstSteps = ['trace', 'base-dev'] as const;
const roundSteps = ['train', 'select', 'fine-tune', 'dev'] as const;
/** `final` stands for the scores after the last round, each of which has a name of its own. */
type Step = (typeof firstSteps)[number] | (typeof roundSteps)[number] | 'final';
const rounds = 2;

/** Where a campaign is, as a number that grows with it; before its first round it is in round 0. What else a round does comes after its `dev`. */
export const rankOf = (round: number, step: string | undefined): number => {
  if (step === undefined) return 0;
  if (round < 1) return step === 'trace' ? 0 : 1;
  const at = (roundSteps as readonly unknown[]).indexOf(step);
  return firstSteps.length + (round - 1) * roundSteps.length + (at === -1 ? roundSteps.length : at);
};

/** In the order in which a campaign comes to them. */
export const places: readonly { round: number; step: Step }[] = [
  ...firstSteps.map((step) => ({ round: 0, step })),
  ...Array.from({ length: rounds }, (_, at) => roundSteps.map((step) => ({ round: at + 1, step }))).flat(),
  { round: rounds, step: 'final' },
];

export interface Kill {
  number: number;
  /** Which campaign of a run of them, from 0. */
  campaign: number;
  victim: Victim;
  /** Where the campaign is to have come. */
  round: number;
  step: Step;
  /** Since it was seen there first. */
  afterMs: number;
}

const longestMs = 1000;

/** Victims that live in some steps only; all others do in every one. */
const livesIn: Partial<Record<Victim, readonly Step[]>> = {
  sandbox: ['trace', 'base-dev', 'train', 'dev', 'final'],
  trainer: ['fine-tune'],
  endpoint: ['base-dev', 'train', 'dev', 'final'],
  engine: ['base-dev', 'train', 'dev', 'final'],
};

/** Those of `known` that are named, separated by commas; all without names. @throws Error that tells a name that is none */
export const victimsOf = (names: string | undefined, known: readonly Victim[]): readonly Victim[] =>
  names?.split(',').map((name) => {
    const victim = known.find((one) => one === name);
    if (victim === undefined) throw new Error(`--victims ${name}: none of ${known.join(', ')}`);
    return victim;
  }) ?? known;

/**
 * A schedule that follows from its seed alone: along the steps of one campaign after another, in each one of the victims that live there
 * which was killed the fewest times before, drawn by seed as the moment is. A step where none lives is left out.
 */
export const scheduleOf = (seed: string, kills: number, among: readonly Victim[] = victims): Kill[] => {
  const random = seededRandom(`chaos/${seed}`);
  const times = new Map<Victim, number>();
  const timesOf = (victim: Victim): number => times.get(victim) ?? 0;
  const livingIn = (step: Step): Victim[] => among.filter((victim) => livesIn[victim]?.includes(step) ?? true);
  const alive = places.filter(({ step }) => livingIn(step).length > 0);
  return Array.from({ length: kills }, (_, number) => {
    const place = alive[number % alive.length] as (typeof places)[number];
    const fewest = Math.min(...livingIn(place.step).map(timesOf));
    const candidates = livingIn(place.step).filter((victim) => timesOf(victim) === fewest);
    const victim = candidates[Math.floor(random() * candidates.length)] as Victim;
    times.set(victim, fewest + 1);
    const campaign = Math.floor(number / alive.length);
    return { number, campaign, victim, ...place, afterMs: Math.round(random() * longestMs) };
  });
};
