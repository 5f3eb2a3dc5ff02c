import type { TaskTrace, TraceEvent } from '../../contract/trace.js';
import { endingText } from './ending.js';
import type { RenderedTrace, TraceSettings } from './options.js';
import { spanWriter } from './spans.js';
import { ELLIPSIS } from './visits.js';

/** Writes one step as lines of text; called for every recorded step in order, so that it may keep state. */
export type StepWriter = (event: TraceEvent) => string[];

/** The lines of the steps that are shown, `...;` where numbers are missing between them. */
const shownLines = (trace: TaskTrace, write: StepWriter, settings: TraceSettings): string[] => {
  const { events } = trace;
  const tail = trace.truncated === null ? settings.lastSteps : 0;
  const isShown = (index: number): boolean => index < settings.firstSteps || index >= events.length - tail;
  const lines: string[] = [];
  let next = 0;
  for (const [index, event] of events.entries()) {
    const written = write(event);
    if (!isShown(index)) continue;
    if (event.step !== next) lines.push(ELLIPSIS);
    lines.push(...written);
    next = event.step + 1;
  }
  return events.at(-1)?.step === next - 1 ? lines : [...lines, ELLIPSIS];
};

/** The program, then the run as comment lines, then the test with how it ended as the last comment. */
export const listSteps = (
  trace: TaskTrace,
  program: string,
  settings: TraceSettings,
  write: StepWriter,
): RenderedTrace => {
  const out = spanWriter();
  out.own(program);
  const ending = endingText(trace, settings);
  const lines = [...shownLines(trace, write, settings), ...(ending === '' ? [] : [ending])];
  const gap = program === '' || /[\r\n]$/.test(program) ? '\n' : '\n\n';
  out.added(`${gap}${trace.test.trimEnd()}\n${lines.map((line) => `# ${line}\n`).join('')}`);
  return out.done();
};
