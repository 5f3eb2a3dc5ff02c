import type { RenderedTrace } from '../../core/trace/index.js';

const added = '\u001b[36m';
const reset = '\u001b[0m';

/** A rendered trace for a terminal: what the trace added to the program stands out. */
export const inColour = ({ text, spans }: RenderedTrace): string => {
  let coloured = '';
  let from = 0;
  for (const { start, end } of spans) {
    coloured += `${text.slice(from, start)}${added}${text.slice(start, end)}${reset}`;
    from = end;
  }
  return coloured + text.slice(from);
};

/** On a terminal, unless NO_COLOR is set (no-color.org); elsewhere only where FORCE_COLOR asks for it. */
export const isColoured = (stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean => {
  if (env.NO_COLOR) return false;
  return env.FORCE_COLOR ? env.FORCE_COLOR !== '0' : stream.isTTY === true;
};
