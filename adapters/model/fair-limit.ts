import { AsyncResource } from 'node:async_hooks';
import pLimit from 'p-limit';
import { stoppable } from './stoppable.js';

/** Whose work it is, and since when its part of it is under way: by any clock, compared within the party. */
export interface Turn {
  party: string;
  since: number;
  /** Work whose caller stops leaves the line at once. */
  signal?: AbortSignal | undefined;
}

/** Runs a party's work when its turn has come. @throws the caller's own reason when it stopped before */
export type FairLimit = <Result>(turn: Turn, work: () => Promise<Result>) => Promise<Result>;

interface Job {
  since: number;
  /** Never fails: its caller is told. */
  run: () => Promise<void>;
  /** Tells the caller that it is not run. */
  left: () => void;
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
    // Whoever left the line had asked for a place too.
    if (waiting.size === 0) return;
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

  /** Puts a job in its party's line; what comes back takes it out again, while it waits there. */
  const enqueue = (party: string, job: Job): (() => void) => {
    const jobs = waiting.get(party) ?? [];
    waiting.set(party, jobs);
    jobs.splice(jobs.findLastIndex(({ since }) => since <= job.since) + 1, 0, job);
    return () => {
      const line = waiting.get(party) ?? [];
      const at = line.indexOf(job);
      if (at === -1) return;
      line.splice(at, 1);
      if (line.length === 0) waiting.delete(party);
      job.left();
    };
  };

  return ({ party, since, signal }, work) => {
    let leave = (): void => undefined;
    return stoppable(
      signal,
      () => leave(),
      () =>
        new Promise((resolve, reject) => {
          // It may run at a place that another party's call asked for; its activity's context stays its own.
          const run = AsyncResource.bind(async () => work()) as () => ReturnType<typeof work>;
          leave = enqueue(party, {
            since,
            run: () => run().then(resolve, reject),
            left: () => reject(new Error('it left the line')),
          });
          // As many places are asked for as jobs wait; which job a place is for is decided when it is free.
          void places(runNext);
        }),
    );
  };
};
