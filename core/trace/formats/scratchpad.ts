import { fitRenderer } from '../budget.js';
import { changesText } from '../cut.js';
import { settingsOf, type TraceRenderer } from '../options.js';
import { physicalLines } from '../spans.js';
import { listSteps } from '../steps.js';

/**
 * The line and the whole state after each step (Nye et al., 2021): the variables of the call that the step belongs to,
 * in order of first binding, with what the step led to (`__return__`) at the end and forgotten after it.
 */
const annotate: TraceRenderer = (trace, program, options) => {
  const settings = settingsOf(options);
  const lines = { program: physicalLines(program), test: physicalLines(trace.test) };
  const states = new Map<number, Map<string, string>>();
  return listSteps(trace, program, settings, ({ call, step, unit, line, changes }) => {
    const state = states.get(call) ?? new Map<string, string>();
    states.set(call, state);
    for (const [name, repr] of changes) state.set(name, repr);
    const after = changesText([...state], settings.reprLength);
    for (const name of state.keys()) if (name.startsWith('__')) state.delete(name);
    return [`(${step}) ${lines[unit][line - 1]?.content.trim() ?? ''}`, `    ${after}`];
  });
};

export const render: TraceRenderer = (trace, program, options) => fitRenderer(annotate, trace, program, options);
