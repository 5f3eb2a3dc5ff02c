import type { TaskTrace, TraceEvent, TraceUnit } from '../../contract/trace.js';
import { changesText } from './cut.js';
import type { TraceSettings } from './options.js';

/** What stands between the visits that are shown. */
export const ELLIPSIS = '...;';

/** All that is known of one physical line: its recorded steps in order, and how many more it had. */
export interface LineVisits {
  events: TraceEvent[];
  skipped: number;
}

/** The visits of each line of a unit that has any, by the line that carries the comment. */
export const visitsByLine = (trace: TaskTrace, unit: TraceUnit): Map<number, LineVisits> => {
  const lines = new Map<number, LineVisits>();
  for (const event of trace.events) {
    if (event.unit !== unit) continue;
    const visits = lines.get(event.lastLine) ?? { events: [], skipped: 0 };
    visits.events.push(event);
    lines.set(event.lastLine, visits);
  }
  for (const { unit: of, lastLine, count } of trace.skipped) {
    const visits = lines.get(lastLine);
    if (of === unit && visits) visits.skipped += count;
  }
  return lines;
};

const stepText = (event: TraceEvent, settings: TraceSettings): string =>
  `(${event.step}) ${changesText(event.changes, settings.reprLength)}`;

/**
 * A line's comment: every visit, or, where more than K + 1 take a number, the first K, `...;` and the last. Where the
 * recording stopped early the last one is unknown, and is left out.
 */
export const visitsText = (visits: LineVisits, truncated: boolean, settings: TraceSettings): string => {
  const { events, skipped } = visits;
  const kept = events.some((event) => event.loopHead) ? settings.loopHeadVisits : settings.lineVisits;
  const show = (event: TraceEvent): string => stepText(event, settings);
  if (events.length + skipped <= kept + 1) return events.map(show).join(' ');
  const last = truncated ? [] : events.slice(-1).map(show);
  return [...events.slice(0, kept).map(show), ELLIPSIS, ...last].join(' ');
};
