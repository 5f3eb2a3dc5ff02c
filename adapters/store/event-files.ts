import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NextuneFailure } from '../../contract/failures.js';
import type { S3Objects } from './s3-objects.js';
import { writeOnceDurably } from './write-durably.js';

/** A campaign's events, and the signed heads of its log: folders of its record. */
export const eventParts = ['events', 'heads'] as const;
export type EventPart = (typeof eventParts)[number];

/** Where events logs lie: exact bytes under numbered names, written once and never again. */
export interface EventFiles {
  /** Names in order. */
  list(campaign: string, part: EventPart): Promise<string[]>;
  read(campaign: string, part: EventPart, name: string): Promise<string>;
  /** Durable when it returns; false, and nothing changed, where the name is taken. */
  writeOnce(campaign: string, part: EventPart, name: string, text: string): Promise<boolean>;
  /** How a message names a file, or without a name its folder. */
  place(campaign: string, part: EventPart, name?: string): string;
  /** Whether other machines write to it too. */
  readonly shared: boolean;
}

/** `dir/CAMPAIGN/events/00000000.json`, `dir/CAMPAIGN/heads/00000001.json`. */
export const openFolderEvents = (dir: string): EventFiles => {
  const place = (campaign: string, part: EventPart, name = ''): string => join(dir, campaign, part, name);
  return {
    place,
    shared: false,
    async list(campaign, part) {
      const names = await readdir(place(campaign, part)).catch(() => []);
      return names.filter((name) => name.endsWith('.json')).sort();
    },
    read: (campaign, part, name) => readFile(place(campaign, part, name), 'utf8'),
    writeOnce: (campaign, part, name, text) => writeOnceDurably(place(campaign, part, name), text),
  };
};

/** The same names in a bucket, so that the machines of a campaign write one log. */
export const openS3Events = (objects: S3Objects): EventFiles => {
  const nameOf = (campaign: string, part: EventPart, name = ''): string => `campaigns/${campaign}/${part}/${name}`;
  // Each append reads the log from its start, and what has been written stays.
  const known = new Map<string, string>();
  return {
    shared: true,
    place: (...where) => objects.place(nameOf(...where)),
    async list(campaign, part) {
      const folder = nameOf(campaign, part);
      return (await objects.list(folder)).map((name) => name.slice(folder.length));
    },
    async read(...where) {
      const name = nameOf(...where);
      const text = known.get(name) ?? (await objects.read(name))?.toString('utf8');
      if (text === undefined)
        throw new NextuneFailure('storeCorrupt', `${objects.place(name)} is gone: restore it from a copy`);
      known.set(name, text);
      return text;
    },
    writeOnce: (campaign, part, name, text) => objects.writeOnce(nameOf(campaign, part, name), text),
  };
};
