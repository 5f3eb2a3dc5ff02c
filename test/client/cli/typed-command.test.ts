import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { typedCommand } from '../../../client/cli/typed-command.js';

test.each([
  ['.nextune', 'npx nextune down'],
  [resolve('.nextune'), 'npx nextune down'],
  ['mine/.nextune', 'npx nextune down --state-dir mine/.nextune'],
  [resolve('..', 'other', '.nextune'), 'npx nextune down --state-dir ../other/.nextune'],
  ["it's mine/.nextune", "npx nextune down --state-dir 'it'\\''s mine/.nextune'"],
  ['.', 'npx nextune down --state-dir .'],
])('state in %s is named where the command would look elsewhere', (stateDir, typed) => {
  expect(typedCommand('down', stateDir)).toBe(typed);
});
