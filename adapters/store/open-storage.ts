import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deps } from '../../activities/deps.js';
import { type S3Location, s3LocationSchema } from '../../contract/config.js';
import type { Digest } from '../../contract/digest.js';
import { InputError, NextuneFailure } from '../../contract/failures.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { type EventFiles, openFolderEvents, openS3Events } from './event-files.js';
import { openFolderKept } from './folder-kept.js';
import { openFolderLedger } from './folder-ledger.js';
import { openFolderRequests } from './folder-requests.js';
import { openFolderStore } from './folder-store.js';
import { openManifestLog } from './manifest-log.js';
import { openS3Objects } from './s3-objects.js';
import { listS3Store, openS3Kept, openS3Ledger, openS3ManifestLog, openS3Requests, openS3Store } from './s3-store.js';
import { openSharedSpendBook } from './shared-spend.js';
import { openSpendBook } from './spend-book.js';

/** What campaigns leave behind and machines may share. */
export type Storage = Pick<Deps, 'store' | 'ledger' | 'requests' | 'spend' | 'manifests' | 'kept'> & {
  eventFiles: EventFiles;
};

const locationFile = (stateDir: string): string => join(stateDir, 'store.json');

/** The storage of a state folder: in the folder itself, or in the bucket that its store.json names. */
export const openStorage = (stateDir: string, s3 = sharedLocation(stateDir)): Storage => {
  if (s3) {
    const objects = openS3Objects(s3);
    return {
      store: openS3Store(objects),
      ledger: openS3Ledger(objects),
      requests: openS3Requests(objects),
      spend: openSharedSpendBook(objects, join(stateDir, 'campaigns')),
      manifests: openS3ManifestLog(objects),
      kept: openS3Kept(objects),
      eventFiles: openS3Events(objects),
    };
  }
  return {
    store: openFolderStore(join(stateDir, 'store')),
    ledger: openFolderLedger(join(stateDir, 'ledger')),
    requests: openFolderRequests(join(stateDir, 'campaigns')),
    spend: openSpendBook(join(stateDir, 'campaigns')),
    manifests: openManifestLog(join(stateDir, 'campaigns')),
    kept: openFolderKept(join(stateDir, 'campaigns')),
    eventFiles: openFolderEvents(join(stateDir, 'campaigns')),
  };
};

/** True where the objects lie in a bucket and not in the folder. */
export const isShared = (stateDir: string): boolean => existsSync(locationFile(stateDir));

/** Digests of all objects in the bucket that a state folder names; none where it names none. */
export const listShared = async (stateDir: string): Promise<Digest[]> => {
  const s3 = sharedLocation(stateDir);
  return s3 ? await listS3Store(openS3Objects(s3)) : [];
};

/** The bucket that a state folder names; none where objects lie in the folder itself. */
export const sharedLocation = (stateDir: string): S3Location | undefined => {
  const path = locationFile(stateDir);
  if (!existsSync(path)) return undefined;
  try {
    return s3LocationSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new NextuneFailure('configInvalid', `${path} names no bucket: restore it, or take another store.dir`, {
      cause,
    });
  }
};

/**
 * Settles where a state folder keeps its storage. It is settled once: objects are not moved.
 * @throws InputError when the folder has another storage already
 */
export const settleStorage = (stateDir: string, s3: S3Location | undefined): void => {
  const before = sharedLocation(stateDir);
  if (canonicalJson(before ?? null) === canonicalJson(s3 ?? null)) return;
  if (before || existsSync(join(stateDir, 'store')) || existsSync(join(stateDir, 'run'))) {
    const there = before ? `s3://${before.bucket}/${before.prefix}` : 'the folder itself';
    throw new InputError(
      `${stateDir} keeps its objects in ${there}: give a campaign with another store its own store.dir`,
    );
  }
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  writeFileSync(locationFile(stateDir), `${JSON.stringify(s3, null, 2)}\n`, { flag: 'wx' });
};
