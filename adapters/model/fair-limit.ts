import { AsyncResource } from 'node:async_hooks';
import pLimit from 'p-limit';

/** Whose work it is, and since when its part of it is under way: by any clock, compared within the party. */
export interface Turn {
  party: string;
  since: number;
}

/** Runs a party's work when its turn has come. */
export type FairLimit = <Result>(turn: Turn, work: () => Promise<Result>) => Promise<Result>;

interface Job {
  since: number;
  run: () => Promise<void>;
}

/**
 * At most `limit` at a time. Of the parties that wait, the one with the least under way is next, and of equals the one
 * that was served longest ago. Of a party's own work what began first goes first, and keeps its order: parts that are under way at the same
 * time end one after the other, so that the next begin while others still have work waiting.
 */
export const createFairLimit = (limit: number): FairLimit => {
  const places = pLimit(limit);
  const waiting = new Map<string, Job[]>();
  const underWay = new Map<string, number>();
  const underWayOf = (party: string): number => underWay.get(party) ?? 0;

  const nextParty = (): string =>
    [...waiting.keys()].reduce((next, party) => (underWayOf(party) < underWayOf(next) ? party : next));

  const runNext = async (): Promise<void> => {
    const party = nextParty();
    const jobs = waiting.get(party) ?? [];
    const job = jobs.shift();
    // A map keeps the order of insertion: whoever was served goes to its end.
    waiting.delete(party);
    if (jobs.length > 0) waiting.set(party, jobs);
    underWay.set(party, underWayOf(party) + 1);
    await job?.run();
    underWay.set(party, underWayOf(party) - 1);
    if (underWayOf(party) === 0) underWay.delete(party);
  };

  return ({ party, since }, work) =>
    new Promise((resolve, reject) => {
      // It may run at a place that another party's call asked for; its activity's context stays its own.
      const run = AsyncResource.bind(() => work().then(resolve, reject));
      const jobs = waiting.get(party) ?? [];
      waiting.set(party, jobs);
      jobs.splice(jobs.findLastIndex((job) => job.since <= since) + 1, 0, { since, run });
      // As many places are asked for as jobs wait; which job a place is for is decided when it is free.
      void places(runNext);
    });
};
