import type { RenderedTrace, Span } from './options.js';

/** Builds a text out of the program's own pieces and added ones, and knows which is which. */
export interface SpanWriter {
  own(text: string): void;
  added(text: string): void;
  done(): RenderedTrace;
}

export const spanWriter = (): SpanWriter => {
  let text = '';
  const spans: Span[] = [];
  return {
    own: (piece) => {
      text += piece;
    },
    added: (piece) => {
      if (piece === '') return;
      const last = spans.at(-1);
      if (last?.end === text.length) last.end += piece.length;
      else spans.push({ start: text.length, end: text.length + piece.length });
      text += piece;
    },
    done: () => ({ text, spans }),
  };
};

/** What is left without the spans. */
export const withoutSpans = ({ text, spans }: RenderedTrace): string => {
  let rest = '';
  let from = 0;
  for (const { start, end } of spans) {
    rest += text.slice(from, start);
    from = end;
  }
  return rest + text.slice(from);
};

/** A physical line without and with its ending, as Python counts them. */
export interface PhysicalLine {
  content: string;
  ending: string;
}

/** Splits where Python's tokenizer does: at \n, \r\n and \r, and nowhere else. The last line may be empty. */
export const physicalLines = (source: string): PhysicalLine[] => {
  const parts = source.split(/(\r\n|\r|\n)/);
  const lines: PhysicalLine[] = [];
  for (let i = 0; i < parts.length; i += 2) lines.push({ content: parts[i] ?? '', ending: parts[i + 1] ?? '' });
  return lines;
};
