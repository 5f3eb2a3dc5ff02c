import { seededRandom } from '../../../core/random.js';

/** What is killed. `endpoint` drops its connections for a while: as a model server that dies and comes back. */
export const victims = ['worker', 'temporal', 'sandbox', 'trainer', 'endpoint', 'supervisor', 'everything'] as const;
export type Victim = (typeof victims)[number];

export interface Kill {
  number: number;
  victim: Victim;
  /** Since the kill before, or the campaign's start. */
  afterMs: number;
}

const [shortestMs, longestMs] = [500, 4500];

const isVictim = (name: string): name is Victim => victims.some((victim) => victim === name);

/** Victims by name, separated by commas. @throws Error that tells a name that is none */
export const victimsOf = (names: string): Victim[] =>
  names.split(',').map((name) => {
    if (!isVictim(name)) throw new Error(`--victims ${name}: none of ${victims.join(', ')}`);
    return name;
  });

/** A schedule that follows from its seed alone: every victim in turn, in an order and after pauses drawn by seed. */
export const scheduleOf = (seed: string, kills: number, among: readonly Victim[] = victims): Kill[] => {
  const random = seededRandom(`chaos/${seed}`);
  let turn: Victim[] = [];
  return Array.from({ length: kills }, (_, number) => {
    if (turn.length === 0) turn = [...among];
    const [victim] = turn.splice(Math.floor(random() * turn.length), 1) as [Victim];
    return { number, victim, afterMs: Math.round(shortestMs + random() * (longestMs - shortestMs)) };
  });
};
