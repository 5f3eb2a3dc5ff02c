/**
 * What a browser or a terminal would drop, act on, or show as nothing: control characters but tab and line feed, lone surrogates,
 * and the characters that turn the direction of text (CVE-2021-42574), which make a program read as another one.
 */
const unseen = /[\p{Cc}\p{Cs}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const writtenOut = (character: string): string => {
  if (character === '\n' || character === '\t') return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;
};

/** Text for people's eyes: characters that would not be seen as themselves are written out, as `\u{001b}`. */
export const withUnseenWrittenOut = (text: string): string => text.replaceAll('\r\n', '\n').replace(unseen, writtenOut);
