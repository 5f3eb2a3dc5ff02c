import { constants, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../contract/failures.js';
import { resourcePath } from '../paths.js';
import { writeOnceDurably } from '../store/write-durably.js';
import { configJsonSchema } from './allowed.js';

/** What `init` writes into a folder, in this order. */
export const initFiles = ['nextune.schema.json', 'tasks.jsonl', 'nextune.yaml'] as const;

export const starterTasksPath = (): string => resourcePath('starter', 'tasks.jsonl');

const refuseExisting = (dir: string): void => {
  const present = initFiles.filter((name) => existsSync(join(dir, name)));
  if (present.length === 0) return;
  const names = present.map((name) => join(dir, name)).join(', ');
  throw new InputError(`${names}: there already, and init overwrites nothing; move it away or name another folder`);
};

/**
 * Writes a commented configuration, its JSON schema for editors, and the starter tasks into a folder.
 * @returns the paths written. @throws InputError when one of them is there already; nothing is written then.
 */
export const initFolder = async (dir: string, tasksPath = starterTasksPath()): Promise<string[]> => {
  refuseExisting(dir);
  await mkdir(dir, { recursive: true });
  const [schemaFile, tasksFile, configFile] = initFiles.map((name) => join(dir, name)) as [string, string, string];
  await writeOnceDurably(schemaFile, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
  await copyFile(tasksPath, tasksFile, constants.COPYFILE_EXCL);
  await writeOnceDurably(configFile, await readFile(resourcePath('examples', 'nextune.yaml')));
  return [configFile, tasksFile, schemaFile];
};
