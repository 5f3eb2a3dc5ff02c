import type { TaskTrace } from '../../contract/trace.js';
import type { RenderedTrace } from './options.js';

/** The program alone: which test fails first is already something that only a run tells. */
export const annotateNone = (_trace: TaskTrace, program: string): RenderedTrace => ({ text: program, spans: [] });
