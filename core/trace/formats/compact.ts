import { fitRenderer } from '../budget.js';
import { changesText } from '../cut.js';
import { settingsOf, type TraceRenderer } from '../options.js';
import { listSteps } from '../steps.js';

/** Only changed values, one line a step: `# (3) line 4: a=1; b=4;`, after the program and the test. */
const annotate: TraceRenderer = (trace, program, options) => {
  const settings = settingsOf(options);
  return listSteps(trace, program, settings, (event) => [
    `(${event.step}) line ${event.line}: ${changesText(event.changes, settings.reprLength)}`,
  ]);
};

export const render: TraceRenderer = (trace, program, options) => fitRenderer(annotate, trace, program, options);
