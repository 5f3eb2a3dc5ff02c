import type { TaskTrace, TraceUnit } from '../../contract/trace.js';
import { endingText } from './ending.js';
import type { RenderedTrace, TraceSettings } from './options.js';
import { endsInComment } from './python-comment.js';
import { physicalLines, type SpanWriter, spanWriter } from './spans.js';
import { ELLIPSIS, visitsByLine, visitsText } from './visits.js';

/** Where the exception's comment is put when it would not fit on the assert's own line (NExT, figure 2). */
const CONTINUATION_INDENT = '    ';

/** Lines that keep no comment when the budget is short, by unit and line. */
export type DroppedLines = ReadonlySet<string>;
export const lineKey = (unit: TraceUnit, line: number): string => `${unit}:${line}`;

/** The comment of each line of a unit, by 1-based physical line. */
export const commentsOf = (
  trace: TaskTrace,
  unit: TraceUnit,
  settings: TraceSettings,
  dropped: DroppedLines = new Set(),
): Map<number, string> => {
  const comments = new Map<number, string>();
  for (const [line, visits] of visitsByLine(trace, unit)) {
    const isDropped = dropped.has(lineKey(unit, line));
    comments.set(line, isDropped ? ELLIPSIS : visitsText(visits, trace.truncated !== null, settings));
  }
  return comments;
};

const trailing = (comment: string | undefined, settings: TraceSettings): string =>
  comment === undefined ? '' : `${' '.repeat(settings.commentGap)}# ${comment}`;

const writeProgram = (
  out: SpanWriter,
  program: string,
  comments: Map<number, string>,
  settings: TraceSettings,
): void => {
  for (const [index, { content, ending }] of physicalLines(program).entries()) {
    out.own(content);
    out.added(trailing(comments.get(index + 1), settings));
    out.own(ending);
  }
};

/** A line that has a comment takes no backslash: what follows is a comment of its own. `text`: up to that line's end. */
const continuation = (text: string, comment: string, settings: TraceSettings): string =>
  endsInComment(text) ? trailing(comment, settings) : ` \\\n${CONTINUATION_INDENT}# ${comment}`;

const testText = (trace: TaskTrace, comments: Map<number, string>, settings: TraceSettings): string => {
  const lines = physicalLines(trace.test.trimEnd());
  const ending = endingText(trace, settings);
  const failing = Math.min(trace.exceptionLine ?? lines.length, lines.length);
  const written = lines.map(({ content }, index) => content + trailing(comments.get(index + 1), settings));
  const upTo = written.slice(0, failing).join('\n');
  const end = ending === '' ? '' : continuation(upTo, ending, settings);
  return [upTo + end, ...written.slice(failing)].join('\n');
};

/** What separates the test from the program: one empty line. */
const separator = (program: string): string => (program === '' || /[\r\n]$/.test(program) ? '\n' : '\n\n');

/** The annotated text with given settings, without a look at any budget. */
export const annotate = (
  trace: TaskTrace,
  program: string,
  settings: TraceSettings,
  dropped: DroppedLines = new Set(),
): RenderedTrace => {
  const out = spanWriter();
  writeProgram(out, program, commentsOf(trace, 'program', settings, dropped), settings);
  if (settings.withTest) {
    out.added(separator(program) + testText(trace, commentsOf(trace, 'test', settings, dropped), settings));
    out.added('\n');
  }
  return out.done();
};
