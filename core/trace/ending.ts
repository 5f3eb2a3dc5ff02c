import type { TaskTrace } from '../../contract/trace.js';
import { cutRepr } from './cut.js';
import type { TraceSettings } from './options.js';
import { ELLIPSIS } from './visits.js';

/** Why a run was stopped; of one beyond the cap on events it is known how it ended. */
const reasons = {
  time: '(stopped: time limit)',
  memory: '(stopped: memory limit)',
  output: '(stopped: output limit)',
  exit: '(stopped: the program ended the process)',
  recursion: '(stopped: recursion limit)',
} as const;

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
  const reason = trace.truncated === 'events' ? known.length === 0 && '(not ended)' : reasons[trace.truncated];
  return [ELLIPSIS, ...known, ...(reason ? [reason] : [])].join(' ');
};
