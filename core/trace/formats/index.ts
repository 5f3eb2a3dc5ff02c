// Written by scripts/trace-formats.mjs from the files in core/trace/formats: npm run build.
import type { TraceFormat } from '../../../contract/trace-formats.js';
import type { TraceRenderer } from '../options.js';
import { render as compact } from './compact.js';
import { render as inline } from './inline.js';
import { render as none } from './none.js';
import { render as scratchpad } from './scratchpad.js';

export const renderers: Record<TraceFormat, TraceRenderer> = { compact, inline, none, scratchpad };
