import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog, Signer } from '../../activities/ports.js';
import { type CampaignEvent, campaignEventSchema, type TreeHead, treeHeadType } from '../../contract/event.js';
import { NextuneFailure } from '../../contract/failures.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { growTree, leafHash } from '../../core/hash/merkle.js';
import { writeOnceDurably } from '../store/write-durably.js';

/** `events/00000000.json` is the first event, `heads/00000001.json` the signed tree head of a log of one event. */
const numbered = (number: number): string => `${String(number).padStart(8, '0')}.json`;
export const eventsDir = (dir: string, campaign: string): string => join(dir, campaign, 'events');
export const headsDir = (dir: string, campaign: string): string => join(dir, campaign, 'heads');

/**
 * An append-only log, a file an event. A writer reads to the end before it links its event under the next number, and
 * reads again where another was first: so an id is appended once, by however many workers, without a lock.
 */
export const openEventLog = (dir: string, signer: Signer): EventLog => {
  const append: EventLog['append'] = async (campaign, event) => {
    const whole = campaignEventSchema.parse({ version: 1, at: new Date().toISOString(), ...event });
    for (;;) {
      const lines = await readEventLines(dir, campaign);
      const at = lines.findIndex((line) => parseEvent(line).id === whole.id);
      const line = canonicalJson(whole);
      const path = join(eventsDir(dir, campaign), numbered(lines.length));
      if (at === -1 && !(await writeOnceDurably(path, line))) continue;
      const all = at === -1 ? [...lines, line] : lines;
      await signHeads(dir, signer, campaign, all);
      const last = at === -1 ? lines.length : at;
      return { event: parseEvent(all[last] ?? line), head: headOf(all.slice(0, last + 1)) };
    }
  };
  return {
    append,
    list: async (campaign) => (await readEventLines(dir, campaign)).map(parseEvent),
    head: async (campaign) => headOf(await readEventLines(dir, campaign)),
  };
};

/** The head of a log: its size, and the Merkle root over its events' canonical bytes. */
export const headOf = (lines: readonly string[]): TreeHead => {
  const tree = growTree();
  for (const line of lines) tree.add(leafHash(line));
  return { size: tree.size(), root: `sha256:${tree.root().toString('hex')}` };
};

/** Signs the head of each size that has none yet. A head is never rewritten, and must agree with the events for ever. */
const signHeads = async (dir: string, signer: Signer, campaign: string, lines: readonly string[]): Promise<void> => {
  const tree = growTree();
  const there = new Set(await readdir(headsDir(dir, campaign)).catch(() => []));
  for (const line of lines) {
    tree.add(leafHash(line));
    const name = numbered(tree.size());
    if (there.has(name)) continue;
    const payload = canonicalJson({ campaign, size: tree.size(), root: `sha256:${tree.root().toString('hex')}` });
    const envelope = canonicalJson(await signer.sign(treeHeadType, Buffer.from(payload)));
    await writeOnceDurably(join(headsDir(dir, campaign), name), envelope);
  }
};

/** Events' exact bytes in order. @throws NextuneFailure storeCorrupt where a number is missing */
export const readEventLines = async (dir: string, campaign: string): Promise<string[]> => {
  const folder = eventsDir(dir, campaign);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return await Promise.all(
    names.map(async (name, at) => {
      if (name === numbered(at)) return await readFile(join(folder, name), 'utf8');
      throw new NextuneFailure('storeCorrupt', `${join(folder, numbered(at))} is missing from the events log`);
    }),
  );
};

export const parseEvent = (line: string): CampaignEvent => campaignEventSchema.parse(JSON.parse(line));
