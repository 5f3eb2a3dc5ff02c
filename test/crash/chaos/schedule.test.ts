import { places, rankOf, scheduleOf, victims } from './schedule.js';

describe('a schedule of kills', () => {
  it('goes along with a campaign: each place comes after the one before', () => {
    const ranks = places.map(({ round, step }) => rankOf(round, step));
    expect(ranks).toEqual([...new Set(ranks)].sort((a, b) => a - b));
    expect(rankOf(2, 'best-test')).toBe(ranks.at(-1));
    expect(rankOf(0, undefined)).toBe(ranks[0]);
  });

  it('follows from its seed alone, goes on where a shorter one ended, and leaves out no victim and no step', () => {
    const schedule = scheduleOf('7', 110);
    expect(scheduleOf('7', 40)).toEqual(schedule.slice(0, 40));
    expect(scheduleOf('8', 110)).not.toEqual(schedule);
    const times = victims.map((victim) => schedule.filter((kill) => kill.victim === victim).length);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(new Set(schedule.map(({ step }) => step)).size).toBe(new Set(places.map(({ step }) => step)).size);
  });
});
