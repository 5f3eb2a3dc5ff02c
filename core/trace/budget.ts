import type { TaskTrace, TraceEvent } from '../../contract/trace.js';
import { annotate, type DroppedLines, lineKey } from './annotate.js';
import { type RenderedTrace, settingsOf, type TraceOptions, type TraceRenderer } from './options.js';

/** Repr lengths tried in turn once eliding visits did not suffice. */
const REPR_LENGTHS = [60, 40, 24, 12];

/** Ever tighter settings: fewer visits first, then shorter reprs. Never looser than what was asked for. */
export const tighterOptions = (options: TraceOptions): TraceOptions[] => {
  const full = settingsOf(options);
  const fewer = [1, 2, 3].map((less) => ({
    ...full,
    loopHeadVisits: Math.max(1, full.loopHeadVisits - less),
    lineVisits: Math.max(1, full.lineVisits - less),
    firstSteps: Math.max(2, full.firstSteps >> less),
    lastSteps: Math.max(1, full.lastSteps >> less),
  }));
  const fewest = fewer.at(-1) ?? full;
  const shorter = REPR_LENGTHS.map((length) => ({ ...fewest, reprLength: Math.min(length, full.reprLength) }));
  return [full, ...fewer, ...shorter];
};

/** What a line tells about a fault, least first: what came in and went out explains more than what lay between. */
const weights = { assign: 0, loop: 1, caught: 2, arguments: 3, return: 4 } as const;

/** Lines in the order in which their comments are given up: by the most telling step they hold, then the earliest. */
const leastInformativeFirst = (trace: TaskTrace): string[] => {
  const lines = new Map<string, { weight: number; lastStep: number }>();
  for (const event of trace.events) {
    const key = keyOf(event);
    const weight = Math.max(weights[event.kind], lines.get(key)?.weight ?? 0);
    lines.set(key, { weight, lastStep: event.step });
  }
  return [...lines].sort(([, a], [, b]) => a.weight - b.weight || a.lastStep - b.lastStep).map(([key]) => key);
};

const keyOf = (event: TraceEvent): string => lineKey(event.unit, event.lastLine);

/** The first text that fits; where none does, the tightest. */
export const fitRenderer = (
  render: TraceRenderer,
  trace: TaskTrace,
  program: string,
  options: TraceOptions,
): RenderedTrace => {
  const { maxChars = Number.POSITIVE_INFINITY } = options;
  let rendered = render(trace, program, options);
  for (const tighter of tighterOptions(options)) {
    if (rendered.text.length <= maxChars) return rendered;
    rendered = render(trace, program, tighter);
  }
  return rendered;
};

/** Inline within its budget: elided visits, then cut reprs, then `# ...;` for the comments of the least telling lines. */
export const fitInline = (trace: TaskTrace, program: string, options: TraceOptions): RenderedTrace => {
  const { maxChars = Number.POSITIVE_INFINITY } = options;
  const tried = tighterOptions(options);
  let rendered = fitRenderer((t, p, o) => annotate(t, p, settingsOf(o)), trace, program, options);
  const tightest = settingsOf(tried.at(-1) ?? options);
  const dropped = new Set<string>();
  for (const key of leastInformativeFirst(trace)) {
    if (rendered.text.length <= maxChars) return rendered;
    dropped.add(key);
    rendered = annotate(trace, program, tightest, dropped as DroppedLines);
  }
  return rendered;
};
