import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../../activities/ports.js';
import { openLedger } from './ledger-records.js';
import { writeOnceDurably } from './write-durably.js';

/** What was paid for, a file a group: `dir/ab/cdef….json`, named by the digest of what was asked. */
export const openFolderLedger = (dir: string): Ledger =>
  openLedger({
    async read(name) {
      // Nearly every answer is new: a look at once costs a twentieth of a failed open that a thread waits for.
      if (statSync(join(dir, name), { throwIfNoEntry: false }) === undefined) return undefined;
      return await readFile(join(dir, name), 'utf8');
    },
    writeOnce: (name, text) => writeOnceDurably(join(dir, name), text),
    place: (name) => join(dir, name),
  });
