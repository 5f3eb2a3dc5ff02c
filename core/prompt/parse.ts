/** Why an answer holds no program that could be judged. */
export type ParseRefusal = 'no-program' | 'unclosed-program' | 'empty-program';

export type ParsedCompletion = { ok: true; rationale: string; program: string } | { ok: false; reason: ParseRefusal };

const openingFence = /^[ \t]*```[ \t]*(?:python|py|python3)?[ \t]*\r?$/im;
const closingFence = /^[ \t]*```[ \t]*\r?$/m;

/**
 * Splits an answer into the rationale (all before the first fence) and the program (inside it). What follows the closing
 * fence is ignored: small models ramble on. A fence that never closes is refused, for the program may be cut.
 */
export const parseCompletion = (text: string): ParsedCompletion => {
  const opening = openingFence.exec(text);
  if (!opening) return { ok: false, reason: 'no-program' };
  const inside = text.slice(opening.index + opening[0].length).replace(/^\n/, '');
  const closing = closingFence.exec(inside);
  if (!closing) return { ok: false, reason: 'unclosed-program' };
  const program = inside.slice(0, closing.index);
  if (program.trim() === '') return { ok: false, reason: 'empty-program' };
  return { ok: true, rationale: text.slice(0, opening.index).trim(), program };
};
