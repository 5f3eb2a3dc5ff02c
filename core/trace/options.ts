import type { TaskTrace } from '../../contract/trace.js';

/** Kept visits of a `for` or `while` head before `...;` and the last one (NExT, figure 2). */
export const LOOP_HEAD_VISITS = 3;
/** Kept visits of any other line. */
export const LINE_VISITS = 2;
/** Characters of a repr; longer ones are cut in the middle. */
export const REPR_LENGTH = 100;
/** First and last steps that the formats of one line a step show; `...;` stands for those between. */
export const FIRST_STEPS = 30;
export const LAST_STEPS = 10;
/** Spaces between a line and its comment. */
export const COMMENT_GAP = 2;

export interface TraceOptions {
  loopHeadVisits?: number | undefined;
  lineVisits?: number | undefined;
  reprLength?: number | undefined;
  firstSteps?: number | undefined;
  lastSteps?: number | undefined;
  commentGap?: number | undefined;
  /** `inline` ends with the traced test and its exception; a prompt that shows the test elsewhere leaves it out. */
  withTest?: boolean | undefined;
  /** Budget for the whole text. Elides visits, then cuts reprs, then drops comments, and marks each cut. The program stays. */
  maxChars?: number | undefined;
}

export type TraceSettings = { [Key in Exclude<keyof TraceOptions, 'maxChars'>]-?: NonNullable<TraceOptions[Key]> };

export const settingsOf = (options: TraceOptions): TraceSettings => ({
  loopHeadVisits: options.loopHeadVisits ?? LOOP_HEAD_VISITS,
  lineVisits: options.lineVisits ?? LINE_VISITS,
  reprLength: options.reprLength ?? REPR_LENGTH,
  firstSteps: options.firstSteps ?? FIRST_STEPS,
  lastSteps: options.lastSteps ?? LAST_STEPS,
  commentGap: options.commentGap ?? COMMENT_GAP,
  withTest: options.withTest ?? true,
});

/** Half-open range of UTF-16 offsets in a rendered text. */
export interface Span {
  start: number;
  end: number;
}

/** `spans` are what the renderer added: removing exactly these gives the program back, byte for byte. */
export interface RenderedTrace {
  text: string;
  spans: Span[];
}

/** A format is a pure function from the recorded events and the program to text. */
export type TraceRenderer = (trace: TaskTrace, program: string, options: TraceOptions) => RenderedTrace;
