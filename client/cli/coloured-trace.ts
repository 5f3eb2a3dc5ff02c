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
