import { expect, test } from '@jest/globals';
import { inColour } from '../../../client/cli/coloured-trace.js';
import { lineFor } from '../../../client/cli/output.js';

const title = '\u001b]0;owned\u0007';
const hidden = 'ok\u202e\u001b[2K\r';

test('on a terminal a program that moves the cursor, names the window or turns text around is shown as what it is', () => {
  expect(lineFor({ isTTY: true }, `${title}${hidden}`)).toBe(
    '\\u{001b}]0;owned\\u{0007}ok\\u{202e}\\u{001b}[2K\\u{000d}\n',
  );
});

test('lines, tabs and our own colours stay, and CRLF is a line end', () => {
  const line = inColour({ text: 'x\t= 1\r\ny  # new', spans: [{ start: 10, end: 15 }] });
  expect(lineFor({ isTTY: true }, line)).toBe('x\t= 1\ny  \u001b[36m# new\u001b[0m\n');
});

test('where no terminal is, every byte stays', () => {
  expect(lineFor({}, `${title}${hidden}\r\n`)).toBe(`${title}${hidden}\r\n\n`);
});
