import type { SampleResult, VerifyResult } from '../../contract/steps.js';
import type { Span, Worked } from '../../contract/worked.js';

/** Pauses up to this count as work: what queues, and a worker started anew, take from one span to the next. */
const shortPauseMs = 10_000;

/** Work of several parts, beside each other or one after the other, as one: an hour in which two went on is one hour. */
export const mergeWorked = (...parts: readonly (Worked | undefined)[]): Worked => {
  const known = parts.filter((part) => part !== undefined);
  return {
    spans: union(known.flatMap(({ spans }) => spans)),
    made: known.reduce((sum, { made }) => sum + made, 0),
  };
};

const union = (spans: readonly Span[]): Span[] => {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last && span.fromMs <= last.toMs + shortPauseMs) last.toMs = Math.max(last.toMs, span.toMs);
    else merged.push({ ...span });
  }
  return merged;
};

/** What the attempt that ended now drew; undefined where all was in the ledger, which says nothing about speed. */
export const drawnBy = (
  { samples, askedGroups, recordedGroups, sampleMs }: SampleResult,
  endedMs: number,
): Worked | undefined => {
  if (sampleMs === undefined || askedGroups === 0) return undefined;
  const made = (samples.rows * askedGroups) / (askedGroups + recordedGroups);
  return { spans: [{ fromMs: endedMs - sampleMs, toMs: endedMs }], made };
};

/** A shard's whole work once it is judged: what it drew itself, or, where an earlier attempt drew it, what it judged. */
export const shardWorked = (
  drawn: Worked | 'before' | undefined,
  { samples, verifyMs }: Pick<SampleResult, 'samples'> & VerifyResult,
  endedMs: number,
): Worked | undefined => {
  if (drawn === undefined || verifyMs === undefined) return drawn === 'before' ? undefined : drawn;
  const judging = { spans: [{ fromMs: endedMs - verifyMs, toMs: endedMs }], made: 0 };
  return drawn === 'before' ? { ...judging, made: samples.rows } : mergeWorked(drawn, judging);
};
