import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { packageRoot, resourcePath } from './paths.js';

/** The code that a round ran on: package version, and the commit where this is a clone. */
export const codeVersion = async (): Promise<string> => {
  const { version } = JSON.parse(await readFile(resourcePath('package.json'), 'utf8')) as { version: string };
  const commit = await promisify(execFile)('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: packageRoot() }).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
  return commit === '' ? version : `${version}+${commit}`;
};
