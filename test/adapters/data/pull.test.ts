import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pullSet } from '../../../adapters/data/pull.js';
import { InputError } from '../../../contract/failures.js';

const content = '{"task_id": 1}\n';
const sha256 = createHash('sha256').update(content).digest('hex');
let server: Server;
let asked: string[];
let dir: string;
let base: string;
beforeEach(async () => {
  asked = [];
  dir = await mkdtemp(join(tmpdir(), 'nextune-pull-'));
  server = createServer((request, response) => {
    asked.push(String(request.url));
    response.writeHead(request.url === '/gone' ? 404 : 200).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(dir, { recursive: true });
});
const pull = (path: string, digest = sha256): Promise<string> =>
  pullSet('mbpp', { url: `${base}${path}`, sha256: digest, fileName: 'set.jsonl' }, dir);

test('a set is fetched once and kept', async () => {
  expect(await readFile(await pull('/set'), 'utf8')).toBe(content);
  expect(await pull('/set')).toBe(join(dir, 'set.jsonl'));
  expect(asked).toEqual(['/set']);
});

test('bytes of another digest are refused with both digests, and not kept', async () => {
  await expect(pull('/set', 'ab'.repeat(32))).rejects.toThrow(`has digest ${sha256}, not the known abab`);
  expect(await readdir(dir)).toEqual([]);
});

test('where it can not be fetched the message says why and how to go on', async () => {
  await expect(pull('/gone')).rejects.toThrow(InputError);
  await expect(pull('/gone')).rejects.toThrow(/status 404.*nextune data import mbpp FILE -o TASKS/);
});
