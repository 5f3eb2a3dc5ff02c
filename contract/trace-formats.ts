// Written by scripts/trace-formats.mjs from the files in core/trace/formats: npm run build.
export const traceFormats = ['compact', 'inline', 'none', 'scratchpad'] as const;
export type TraceFormat = (typeof traceFormats)[number];
