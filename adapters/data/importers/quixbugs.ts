import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../../contract/failures.js';
import { quixBugsTask } from '../../../core/data/quixbugs.js';
import type { QuixBugsFiles } from '../program-reader.js';
import type { Importer } from './importer.js';

const namesOfPrograms = async (folder: string): Promise<string[]> => {
  const names = await readdir(join(folder, 'python_programs')).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'no folder python_programs in it' : cause.message;
    throw new InputError(`${folder}: ${why}; quixbugs takes the folder of the whole set`, { cause });
  });
  const programs = names.filter((name) => /^\w+\.py$/.test(name) && name !== 'node.py' && name !== '__init__.py');
  if (programs.length === 0) throw new InputError(`${folder}: no program in python_programs`);
  return programs
    .map((name) => name.slice(0, -'.py'.length))
    .filter((name) => !/(^test_|_test$)/.test(name))
    .sort();
};

const textOf = async (path: string): Promise<string | null> => {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw new InputError(`${path}: can't be read (${cause.code})`, { cause });
  });
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${path}: not valid UTF-8`, { cause });
  }
};

const filesOf = async (folder: string, name: string): Promise<QuixBugsFiles> => {
  const correct = await textOf(join(folder, 'correct_python_programs', `${name}.py`));
  if (correct === null) throw new InputError(`${folder}: no correct_python_programs/${name}.py`);
  return {
    buggy: (await textOf(join(folder, 'python_programs', `${name}.py`))) ?? '',
    correct,
    cases: await textOf(join(folder, 'json_testcases', `${name}.json`)),
    tests: await textOf(join(folder, 'python_testcases', `test_${name}.py`)),
    node: await textOf(join(folder, 'python_programs', 'node.py')),
  };
};

/** Folders of QuixBugs: one repair task a program, in the order of their names. */
export const importQuixBugs: Importer = async function* ({ paths, reader }) {
  for (const folder of paths) {
    for (const name of await namesOfPrograms(folder)) {
      const read = await reader.quixbugs(name, await filesOf(folder, name));
      const at = { place: join(folder, 'python_programs', `${name}.py`), id: `quixbugs/${name}` };
      yield read.ok ? { ...at, task: quixBugsTask(name, read) } : { ...at, reason: read.reason };
    }
  }
};
