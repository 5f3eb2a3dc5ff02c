import type { TaskTrace } from '../../contract/trace.js';
import { changesText } from './cut.js';
import { type RenderedTrace, settingsOf, type TraceOptions } from './options.js';
import { listSteps } from './steps.js';

/** Only changed values, one line a step: `# (3) line 4: a=1; b=4;`, after the program and the test. */
export const annotateCompact = (trace: TaskTrace, program: string, options: TraceOptions): RenderedTrace => {
  const settings = settingsOf(options);
  return listSteps(trace, program, settings, (event) => [
    `(${event.step}) line ${event.line}: ${changesText(event.changes, settings.reprLength)}`,
  ]);
};
