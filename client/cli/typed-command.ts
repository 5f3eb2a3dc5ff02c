import { relative, resolve } from 'node:path';

/** A path as a POSIX shell takes it for one word (Shell Command Language, 2.2.2: single quotes). */
const word = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** A command as a person types it in this folder, for state that may lie elsewhere: `npx nextune watch c1 --state-dir mine/.nextune`. */
export const typedCommand = (words: string, stateDir: string): string => {
  const command = `npx nextune ${words}`;
  const path = relative('.', resolve(stateDir));
  return path === '.nextune' ? command : `${command} --state-dir ${word(path === '' ? '.' : path)}`;
};
