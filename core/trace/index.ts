import type { TraceFormat } from '../../contract/config.js';
import type { TaskTrace } from '../../contract/trace.js';
import { fitInline, fitRenderer } from './budget.js';
import { annotateCompact } from './compact.js';
import { annotateNone } from './none.js';
import type { RenderedTrace, TraceOptions, TraceRenderer } from './options.js';
import { annotateScratchpad } from './scratchpad.js';

export type { RenderedTrace, Span, TraceOptions } from './options.js';

/** One renderer a format, each within `maxChars` where that can be met without touching the program. */
const renderers: Record<TraceFormat, TraceRenderer> = {
  inline: fitInline,
  scratchpad: (trace, program, options) => fitRenderer(annotateScratchpad, trace, program, options),
  compact: (trace, program, options) => fitRenderer(annotateCompact, trace, program, options),
  none: annotateNone,
};

/** A traced program as text with the spans that were added. A refused trace adds nothing. */
export const annotateTrace = (
  format: TraceFormat,
  trace: TaskTrace,
  program: string,
  options: TraceOptions = {},
): RenderedTrace =>
  trace.refused === null ? renderers[format](trace, program, options) : annotateNone(trace, program);

/** The text of a traced program for a prompt, in one of the formats. */
export const renderTrace = (
  format: TraceFormat,
  trace: TaskTrace,
  program: string,
  options: TraceOptions = {},
): string => annotateTrace(format, trace, program, options).text;
