import { headOf, parseEvent, readEventLines } from '../../adapters/audit/event-log.js';
import type { EventFiles } from '../../adapters/store/event-files.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import { envelopeSchema } from '../../contract/envelope.js';
import { type CampaignEvent, type TreeHead, treeHeadType } from '../../contract/event.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { isSignedBy, payloadOf } from '../../core/hash/envelope.js';
import { type AuditCheck, type AuditFault, startCheck, tally } from './check.js';
import { faultIn } from './fault-in.js';
import type { TrustedKey } from './manifest-checks.js';
import type { AuditRecord } from './record.js';

/**
 * The log has every number once and each event in canonical form; its signed heads are those of the events, the latest
 * of all of them; what manifests say of the log holds, and each seal in it is in the list of manifests and the reverse.
 */
export const checkEvents = async (record: AuditRecord, trusted: TrustedKey): Promise<AuditCheck> => {
  const check = startCheck('events log');
  const files = openStorage(record.stateDir).eventFiles;
  const object = files.place(record.campaign, 'events');
  const fault = (what: string, where = object): AuditFault => ({ link: 'events', object: where, what });
  let lines: string[];
  try {
    lines = await readEventLines(files, record.campaign);
  } catch (error) {
    tally(check, fault(faultIn(error)));
    return check;
  }
  const signedLinks = record.links.filter(({ signed }) => signed);
  if (lines.length === 0 && signedLinks.length === 0) {
    check.notes.push('none: sealed before there was an events log');
    return check;
  }
  const events = readEvents(check, lines, fault);
  await checkHeads(check, { record, files, trusted, lines, fault });
  for (const { name, entry, manifest } of signedLinks) {
    const { events: head } = manifest.circumstances;
    const known = head && head.size <= lines.length && headOf(lines.slice(0, head.size)).root === head.root;
    const what = `the manifest was sealed over a log of ${head?.size} events that is not this one`;
    tally(check, known ? undefined : { link: name, object: entry.manifest, what });
  }
  checkSeals(check, record, events, fault);
  return check;
};

type MakeFault = (what: string, where?: string) => AuditFault;

const readEvents = (check: AuditCheck, lines: readonly string[], fault: MakeFault): CampaignEvent[] => {
  const ids = new Set<string>();
  return lines.flatMap((line, at) => {
    try {
      const event = parseEvent(line);
      const canonical = canonicalJson(JSON.parse(line)) === line;
      const what = ids.has(event.id) ? `event ${at} repeats id ${event.id}` : `event ${at} is not in canonical form`;
      tally(check, canonical && !ids.has(event.id) ? undefined : fault(what));
      ids.add(event.id);
      return [event];
    } catch (error) {
      tally(check, fault(`event ${at}: ${faultIn(error)}`));
      return [];
    }
  });
};

interface HeadChecks {
  record: AuditRecord;
  files: EventFiles;
  trusted: TrustedKey;
  lines: string[];
  fault: MakeFault;
}

const checkHeads = async (check: AuditCheck, { record, files, trusted, lines, fault }: HeadChecks): Promise<void> => {
  const names = await files.list(record.campaign, 'heads');
  for (const [at, name] of names.entries()) {
    const where = files.place(record.campaign, 'heads', name);
    const size = at + 1;
    const what = await headFault(await files.read(record.campaign, 'heads', name), {
      expected: { campaign: record.campaign, ...headOf(lines.slice(0, size)), size },
      trusted,
      events: lines.length,
    }).catch(faultIn);
    tally(check, what === undefined ? undefined : fault(what, where));
  }
  if (names.length === lines.length) return;
  tally(check, fault(`${names.length} heads were signed, and there are ${lines.length} events`));
};

type SizedHead = TreeHead & { campaign: string };

const headFault = async (
  text: string,
  { expected, trusted, events }: { expected: SizedHead; trusted: TrustedKey; events: number },
): Promise<string | undefined> => {
  const value: unknown = JSON.parse(text);
  const envelope = envelopeSchema.parse(value);
  if (canonicalJson(value) !== text) return 'the head is not in canonical form';
  if (!trusted.key || envelope.payloadType !== treeHeadType || !isSignedBy(envelope, trusted.key))
    return "the head's signature does not verify";
  if (expected.size > events) return `a head of ${expected.size} events was signed, and there are ${events}`;
  return payloadOf(envelope).toString('utf8') === canonicalJson(expected)
    ? undefined
    : 'the head is not that of the events';
};

/** Seals are in both places: a list of manifests that was cut, or grew, does not agree with the log. */
const checkSeals = (check: AuditCheck, record: AuditRecord, events: CampaignEvent[], fault: MakeFault): void => {
  const logged = events.filter(({ kind }) => kind === 'sealed').map(({ details }) => String(details?.manifest));
  const signed = new Set(record.links.filter((link) => link.signed).map(({ entry }) => entry.manifest));
  const listed = record.entries.map(({ manifest }) => manifest);
  for (const manifest of logged) {
    const there = listed.includes(manifest);
    tally(check, there ? undefined : fault('sealed by the log, and not in the list of manifests', manifest));
  }
  for (const manifest of signed) {
    const there = logged.includes(manifest);
    tally(check, there ? undefined : fault('in the list of manifests, and never sealed by the log', manifest));
  }
  const order = listed.filter((manifest) => logged.includes(manifest));
  const sameOrder = order.every((manifest, at) => manifest === logged.filter((one) => listed.includes(one))[at]);
  tally(check, sameOrder ? undefined : fault('the list of manifests has another order than the log'));
};
