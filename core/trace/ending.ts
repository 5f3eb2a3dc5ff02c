import type { TaskTrace } from '../../contract/trace.js';
import { cutRepr } from './cut.js';
import type { TraceSettings } from './options.js';
import { ELLIPSIS } from './visits.js';

const RECURSION = '(stopped: recursion limit)';

const unfinished = (trace: TaskTrace): string => {
  switch (trace.truncated) {
    case 'time':
      return `${ELLIPSIS} (stopped: time limit)`;
    case 'memory':
      return `${ELLIPSIS} (stopped: memory limit)`;
    case 'output':
      return `${ELLIPSIS} (stopped: output limit)`;
    case 'exit':
      return `${ELLIPSIS} (stopped: the program ended the process)`;
    case 'recursion':
      return `${ELLIPSIS} ${RECURSION}`;
    case 'events':
    case null:
      return `${ELLIPSIS} (not ended)`;
  }
};

/**
 * What stands under the failing assert: the exception with the next number. Beyond a stopped recording the number is
 * unknown, and the entry call's result stands there too, for no line shows it. Empty for a test that passed.
 */
export const endingText = (trace: TaskTrace, settings: TraceSettings): string => {
  const cut = (repr: string): string => cutRepr(repr, settings.reprLength);
  const exception = trace.exception === null ? '' : `__exception__=${cut(trace.exception)};`;
  if (trace.truncated === null) return exception && `(${trace.steps ?? 0}) ${exception}`;
  const returned = trace.returned === null ? '' : `__return__=${cut(trace.returned)};`;
  const known = [returned, exception].filter((part) => part !== '');
  if (known.length === 0) return unfinished(trace);
  return [ELLIPSIS, ...known, ...(trace.truncated === 'recursion' ? [RECURSION] : [])].join(' ');
};
