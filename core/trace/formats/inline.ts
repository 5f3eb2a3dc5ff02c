import { fitInline } from '../budget.js';
import type { TraceRenderer } from '../options.js';

/**
 * NExT's format: the program with its state changes as trailing comments, then the traced test with the exception that
 * left it (Ni et al., 2024, figures 1 and 2). The spans are all that was added.
 */
export const render: TraceRenderer = fitInline;
