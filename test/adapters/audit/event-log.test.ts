import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog } from '../../../activities/ports.js';
import { headOf, openEventLog, readEventLines } from '../../../adapters/audit/event-log.js';
import { publicKeyPath } from '../../../adapters/audit/seal-key.js';
import { openSigner } from '../../../adapters/audit/signer.js';
import { openFolderEvents } from '../../../adapters/store/event-files.js';
import { envelopeSchema } from '../../../contract/envelope.js';
import type { NewEvent } from '../../../contract/event.js';
import { isSignedBy, payloadOf, readPublicKey } from '../../../core/hash/envelope.js';

const pause = (id: string): NewEvent => ({ id, kind: 'paused', by: 'ada', summary: `paused (${id})` });

describe('the events log', () => {
  let dir: string;
  let log: EventLog;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-events-'));
    log = openEventLog(openFolderEvents(join(dir, 'campaigns')), openSigner(dir));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('appends an id once: a repeated activity gets the event as it stands', async () => {
    const first = await log.append('one', { ...pause('a'), at: '2026-01-01T00:00:00.000Z' });
    const again = await log.append('one', { ...pause('a'), at: '2026-02-02T00:00:00.000Z' });
    expect(again).toEqual(first);
    expect(await log.list('one')).toEqual([first.event]);
  });

  it('keeps every event of many writers at once, each once', async () => {
    const other = openEventLog(openFolderEvents(join(dir, 'campaigns')), openSigner(dir));
    const ids = Array.from({ length: 12 }, (_, at) => `event-${at}`);
    await Promise.all(ids.flatMap((id) => [log.append('one', pause(id)), other.append('one', pause(id))]));
    expect((await log.list('one')).map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('signs the tree head of every size it has had', async () => {
    for (const id of ['a', 'b', 'c']) await log.append('one', pause(id));
    const lines = await readEventLines(openFolderEvents(join(dir, 'campaigns')), 'one');
    const key = readPublicKey(readFileSync(publicKeyPath(dir)));
    const heads = join(dir, 'campaigns', 'one', 'heads');
    expect(readdirSync(heads).sort()).toEqual(['00000001.json', '00000002.json', '00000003.json']);
    readdirSync(heads)
      .sort()
      .forEach((name, at) => {
        const envelope = envelopeSchema.parse(JSON.parse(readFileSync(join(heads, name), 'utf8')));
        expect(isSignedBy(envelope, key)).toBe(true);
        expect(JSON.parse(payloadOf(envelope).toString())).toEqual({
          campaign: 'one',
          ...headOf(lines.slice(0, at + 1)),
        });
      });
  });
});
