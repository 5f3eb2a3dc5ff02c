import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pack } from '../../../adapters/store/packed.js';
import { firstFault } from '../../../client/audit/check.js';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { digestOf } from '../../../core/hash/digest.js';
import { seededRandom } from '../../../core/random.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

const cases = 540;
const batches = 12;
const seed = 'corruptions-1';

type Draw = (below: number) => number;

/** Every file of the record that proves something; the keys and the note of when it was started do not. */
const provenFiles = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(dir, name)).isFile())
    .filter((name) => name.startsWith('store/') || /^campaigns\/[^/]+\/(manifests\.json|events\/|heads\/)/.test(name))
    .sort();

/** What is done to a file, or to two. Each returns what it did, in words; undefined where it would change nothing. */
type Corruption = (dir: string, files: string[], draw: Draw) => string | undefined | Promise<string | undefined>;

/** Text of a file, unpacked where it is packed. */
const textIn = (path: string): string => {
  const bytes = readFileSync(path);
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
};

const pick = <One>(list: readonly One[], draw: Draw): One => list[draw(list.length)] as One;

const onLines =
  (name: string, change: (lines: string[], draw: Draw) => string[] | undefined): Corruption =>
  async (dir, files, draw) => {
    const file = pick(
      files.filter((one) => textIn(join(dir, one)).split('\n').length > 3),
      draw,
    );
    const text = textIn(join(dir, file));
    const changed = change(text.trimEnd().split('\n'), draw)?.join('\n');
    if (changed === undefined || `${changed}\n` === text) return undefined;
    // What was packed is packed again, its own check made anew: as somebody would who knows the format.
    const bytes = Buffer.from(`${changed}\n`);
    writeFileSync(join(dir, file), readFileSync(join(dir, file))[0] === 0x1f ? await pack(bytes) : bytes);
    return `${name} in ${file}`;
  };

const corruptions: Corruption[] = [
  (dir, files, draw) => {
    const file = pick(files, draw);
    const bytes = readFileSync(join(dir, file));
    const at = draw(bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << draw(8)), at);
    writeFileSync(join(dir, file), bytes);
    return `a bit flipped at byte ${at} of ${file}`;
  },
  (dir, files, draw) => {
    const file = pick(files, draw);
    const bytes = readFileSync(join(dir, file));
    const length = draw(bytes.length);
    writeFileSync(join(dir, file), bytes.subarray(0, length));
    return `${file} cut to ${length} bytes`;
  },
  (dir, files, draw) => {
    const [one, other] = [pick(files, draw), pick(files, draw)];
    const [first, second] = [readFileSync(join(dir, one)), readFileSync(join(dir, other))];
    if (first.equals(second)) return undefined;
    writeFileSync(join(dir, one), second);
    writeFileSync(join(dir, other), first);
    return `${one} and ${other} swapped`;
  },
  (dir, files, draw) => {
    const file = pick(files, draw);
    rmSync(join(dir, file));
    return `${file} removed`;
  },
  (dir, files, draw) => {
    const bytes = Buffer.from(`{"added":${draw(1e9)}}\n`);
    const hex = digestOf(bytes).slice('sha256:'.length);
    const folder = join(dir, 'store', 'sha256', hex.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    if (draw(2) === 0) writeFileSync(join(folder, hex.slice(2)), bytes);
    else cpSync(join(dir, pick(files, draw)), join(folder, hex.slice(2)));
    return 'an object added';
  },
  onLines('a row removed', (lines, draw) => lines.toSpliced(draw(lines.length), 1)),
  onLines('a row added twice', (lines, draw) => lines.toSpliced(draw(lines.length), 0, pick(lines, draw))),
  onLines('two rows swapped', (lines, draw) => {
    const at = draw(lines.length - 1);
    return lines.toSpliced(at, 2, lines[at + 1] as string, lines[at] as string);
  }),
  (dir, files, draw) => {
    const list = join(
      dir,
      pick(
        files.filter((file) => file.endsWith('manifests.json')),
        draw,
      ),
    );
    const entries = JSON.parse(readFileSync(list, 'utf8')) as unknown[];
    const at = draw(entries.length);
    const changed = [
      entries.toSpliced(at, 1),
      entries.toSpliced(draw(entries.length), 0, ...entries.splice(at, 1)),
      [...entries, { ...(pick(entries, draw) as object), round: 7 }],
    ][draw(3)] as unknown[];
    const text = `${JSON.stringify(changed, null, 2)}\n`;
    if (text === readFileSync(list, 'utf8')) return undefined;
    writeFileSync(list, text);
    return `the list of manifests changed to ${changed.length} entries`;
  },
  (dir, files, draw) => {
    const events = files.filter((file) => file.includes('/events/'));
    const [one, other] = [pick(events, draw), pick(events, draw)];
    if (one === other) return undefined;
    const first = readFileSync(join(dir, one));
    writeFileSync(join(dir, one), readFileSync(join(dir, other)));
    writeFileSync(join(dir, other), first);
    return `events ${one} and ${other} reordered`;
  },
];

describe(`${cases} corruptions by seed`, () => {
  let whole: Awaited<ReturnType<typeof sealedWorld>>;
  let scratch: string;
  beforeAll(async () => {
    whole = await sealedWorld();
    scratch = mkdtempSync(join(tmpdir(), 'nextune-corrupt-'));
  });
  afterAll(() => {
    rmSync(whole.stateDir, { recursive: true });
    rmSync(scratch, { recursive: true });
  });

  /** Undefined where the corruption was found. */
  const missed = async (number: number): Promise<string | undefined> => {
    const random = seededRandom(`${seed}/${number}`);
    const draw: Draw = (below) => Math.floor(random() * below);
    const dir = join(scratch, String(number));
    cpSync(whole.stateDir, dir, { recursive: true });
    const corrupt = corruptions[number % corruptions.length] as Corruption;
    let did: string | undefined;
    for (let tries = 0; did === undefined && tries < 100; tries++) did = await corrupt(dir, provenFiles(dir), draw);
    const checks = await verifyCampaign(dir, whole.campaign, { strict: true });
    rmSync(dir, { recursive: true });
    const first = firstFault(checks);
    return did !== undefined && first && first.object !== '' && first.link !== ''
      ? undefined
      : `case ${number}: ${did}`;
  };

  it.each(Array.from({ length: batches }, (_, at) => at))(
    'batch %i: each changed, cut, swapped, removed, added or reordered byte, row, event or object is found',
    async (batch) => {
      const numbers = Array.from({ length: cases / batches }, (_, at) => (batch * cases) / batches + at);
      const found = await Promise.all(numbers.map(missed));
      expect(found.filter((one) => one !== undefined)).toEqual([]);
    },
    240_000,
  );
});
