import { expect, test } from '@jest/globals';
import { inColour } from '../../client/cli/coloured-trace.js';

test('on a terminal what the trace added stands out, and the program stays as it is', () => {
  const spans = [
    { start: 5, end: 9 },
    { start: 10, end: 12 },
  ];
  expect(inColour({ text: 'x = 1  # \n##\n', spans })).toBe('x = 1\u001b[36m  # \u001b[0m\n\u001b[36m##\u001b[0m\n');
});
