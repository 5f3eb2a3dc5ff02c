import type { TraceRenderer } from '../options.js';

/** The program alone: which test fails first is already something that only a run tells. */
export const render: TraceRenderer = (_trace, program) => ({ text: program, spans: [] });
