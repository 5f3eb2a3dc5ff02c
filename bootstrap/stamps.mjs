import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Every file below the given paths (files or folders), sorted; what is not there is left out. */
export const filesBelow = (root, paths, wanted = () => true) => {
  const found = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    const entries = readdirSync(path, { withFileTypes: true });
    for (const entry of entries) {
      if (entry.name === '__pycache__' || entry.name === 'node_modules') continue;
      const child = join(path, entry.name);
      if (entry.isDirectory()) visit(child);
      else if (wanted(entry.name)) found.push(child);
    }
  };
  for (const path of paths.map((name) => join(root, name))) {
    if (/\.[a-z]+$/.test(path)) existsSync(path) && found.push(path);
    else visit(path);
  }
  return found.sort();
};

/** SHA-256 over names and bytes of files, with any further text that the result depends on. */
export const digestOf = (root, files, ...extra) => {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  for (const text of extra) hash.update(text).update('\0');
  return hash.digest('hex');
};

/**
 * Remembers in `.bootstrap/` what was done, by the digest of what it was done from. A stamp is written after its step
 * succeeded and removed before the step starts again, so a missing stamp means: not done, or interrupted.
 */
export const openStamps = (stateDir) => {
  const fileOf = (name) => join(stateDir, 'stamps', `${name}.json`);
  return {
    read: (name) => {
      try {
        return JSON.parse(readFileSync(fileOf(name), 'utf8'));
      } catch {
        return undefined;
      }
    },
    write: (name, value) => {
      const file = fileOf(name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`);
      renameSync(`${file}.new`, file);
    },
    remove: (name) => rmSync(fileOf(name), { force: true }),
  };
};
