import type { EventLog, Signer } from '../../activities/ports.js';
import { envelopeSchema } from '../../contract/envelope.js';
import { type CampaignEvent, campaignEventSchema, type TreeHead, treeHeadType } from '../../contract/event.js';
import { NextuneFailure } from '../../contract/failures.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { growTree, leafHash } from '../../core/hash/merkle.js';
import type { EventFiles } from '../store/event-files.js';

/** `events/00000000.json` is the first event, `heads/00000001.json` the signed tree head of a log of one event. */
const numbered = (number: number): string => `${String(number).padStart(8, '0')}.json`;

/**
 * An append-only log, a file an event. A writer reads to the end before it links its event under the next number, and
 * reads again where another was first: so an id is appended once, by however many workers, without a lock.
 */
export const openEventLog = (files: EventFiles, signer: Signer): EventLog => {
  const append: EventLog['append'] = async (campaign, event) => {
    const whole = campaignEventSchema.parse({ version: 1, at: new Date().toISOString(), ...event });
    if (files.shared) await refuseSecondKey(files, signer, campaign);
    for (;;) {
      const lines = await readEventLines(files, campaign);
      const at = lines.findIndex((line) => parseEvent(line).id === whole.id);
      const line = canonicalJson(whole);
      if (at === -1 && !(await files.writeOnce(campaign, 'events', numbered(lines.length), line))) continue;
      const all = at === -1 ? [...lines, line] : lines;
      await signHeads(files, signer, campaign, all);
      const last = at === -1 ? lines.length : at;
      return { event: parseEvent(all[last] ?? line), head: headOf(all.slice(0, last + 1)) };
    }
  };
  return {
    append,
    list: (campaign) => readEvents(files, campaign),
    head: async (campaign) => headOf(await readEventLines(files, campaign)),
  };
};

/** A campaign's events, in order. Reading needs no key. */
export const readEvents = async (files: EventFiles, campaign: string): Promise<CampaignEvent[]> =>
  (await readEventLines(files, campaign)).map(parseEvent);

/** The head of a log: its size, and the Merkle root over its events' canonical bytes. */
export const headOf = (lines: readonly string[]): TreeHead => {
  const tree = growTree();
  for (const line of lines) tree.add(leafHash(line));
  return { size: tree.size(), root: `sha256:${tree.root().toString('hex')}` };
};

/** Signs the head of each size that has none yet. A head is never rewritten, and must agree with the events for ever. */
const signHeads = async (
  files: EventFiles,
  signer: Signer,
  campaign: string,
  lines: readonly string[],
): Promise<void> => {
  const tree = growTree();
  const there = new Set(await files.list(campaign, 'heads'));
  for (const line of lines) {
    tree.add(leafHash(line));
    const name = numbered(tree.size());
    if (there.has(name)) continue;
    const payload = canonicalJson({ campaign, size: tree.size(), root: `sha256:${tree.root().toString('hex')}` });
    const envelope = await signer.sign(treeHeadType, Buffer.from(payload));
    await files.writeOnce(campaign, 'heads', name, canonicalJson(envelope));
  }
};

/** A log that machines share is proved by one key. A machine that has it takes the activity at one of its retries. */
const refuseSecondKey = async (files: EventFiles, signer: Signer, campaign: string): Promise<void> => {
  const [first] = await files.list(campaign, 'heads');
  if (first === undefined) return;
  const signed = envelopeSchema.parse(JSON.parse(await files.read(campaign, 'heads', first)));
  const theirs = signed.signatures[0]?.keyid;
  const ours = await signer.keyId();
  if (theirs === ours) return;
  throw new NextuneFailure(
    'sealingFailed',
    `campaign ${campaign} is signed with key ${theirs}, and this machine has ${ours}: give every machine of queue control ` +
      "the same keys folder (copy the first machine's .nextune/keys); it goes on by itself then",
  );
};

/** Events' exact bytes in order. @throws NextuneFailure storeCorrupt where a number is missing */
export const readEventLines = async (files: EventFiles, campaign: string): Promise<string[]> => {
  const names = await files.list(campaign, 'events');
  return await Promise.all(
    names.map(async (name, at) => {
      if (name === numbered(at)) return await files.read(campaign, 'events', name);
      const missing = files.place(campaign, 'events', numbered(at));
      throw new NextuneFailure('storeCorrupt', `${missing} is missing from the events log`);
    }),
  );
};

export const parseEvent = (line: string): CampaignEvent => campaignEventSchema.parse(JSON.parse(line));
