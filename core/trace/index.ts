import type { TaskTrace } from '../../contract/trace.js';
import type { TraceFormat } from '../../contract/trace-formats.js';
import { renderers } from './formats/index.js';
import type { RenderedTrace, TraceOptions } from './options.js';

export { type TraceFormat, traceFormats } from '../../contract/trace-formats.js';
export type { RenderedTrace, Span, TraceOptions } from './options.js';

/**
 * A traced program as text with the spans that were added, within `maxChars` where that can be met without touching the
 * program. A refused trace adds nothing.
 */
export const annotateTrace = (
  format: TraceFormat,
  trace: TaskTrace,
  program: string,
  options: TraceOptions = {},
): RenderedTrace => renderers[trace.refused === null ? format : 'none'](trace, program, options);

/** The text of a traced program for a prompt, in one of the formats. */
export const renderTrace = (
  format: TraceFormat,
  trace: TaskTrace,
  program: string,
  options: TraceOptions = {},
): string => annotateTrace(format, trace, program, options).text;
