/** Strings, in which `#` is a character, and comments. */
const stringOrComment =
  /'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^\\'\n])*'|"(?:\\[\s\S]|[^\\"\n])*"|#[^\r\n]*/g;

/** Whether a Python text ends in a comment. */
export const endsInComment = (text: string): boolean => {
  const last = [...text.matchAll(stringOrComment)].at(-1);
  return last?.[0].startsWith('#') === true && last.index + last[0].length === text.length;
};
