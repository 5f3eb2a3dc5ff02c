import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ledger } from '../../activities/ports.js';
import { openLedger } from './ledger-records.js';
import { writeOnceDurably } from './write-durably.js';

/** What was paid for, a file a group: `dir/ab/cdef….json`, named by the digest of what was asked. */
export const openFolderLedger = (dir: string): Ledger =>
  openLedger({
    read: (name) =>
      readFile(join(dir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    writeOnce: (name, text) => writeOnceDurably(join(dir, name), text),
    place: (name) => join(dir, name),
  });
