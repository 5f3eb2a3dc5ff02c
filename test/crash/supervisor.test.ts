import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { resourcePath } from '../../adapters/paths.js';
import { bringDown } from '../../adapters/supervisor/down.js';
import { supervisedProcesses } from '../../adapters/supervisor/leftovers.js';
import { choosePorts } from '../../adapters/supervisor/ports.js';
import { identify, isRunning } from '../../adapters/supervisor/process-identity.js';
import { type Runtime, readRuntime } from '../../adapters/supervisor/runtime.js';
import type { ComponentName } from '../../adapters/supervisor/state.js';
import { ensureUp } from '../../adapters/supervisor/up.js';
import { grpcAddress } from '../../adapters/temporal/server.js';
import { bringUpFor } from '../../client/cli/campaign-session.js';
import type { CampaignPlan } from '../../client/plan.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { startServer } from '../fakes/server.js';

const program = [resourcePath('test', 'crash', 'fixtures', 'small-supervisor.mjs')];
const both: ComponentName[] = ['temporal', 'worker'];
let stateDir: string;

const up = (components = both): Promise<Runtime> => ensureUp({ stateDir, components, program });
const pidOf = (runtime: Runtime | undefined, name: ComponentName): number =>
  runtime?.components.find((status) => status.name === name)?.process?.pid ?? 0;
const answers = async (runtime: Runtime): Promise<boolean> =>
  (await fetch(runtime.uiUrl ?? '').catch(() => undefined))?.ok === true;

// The server takes up to two seconds to end in good order, each time.
jest.setTimeout(300_000);

beforeEach(() => {
  stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'nextune-crash-')));
});
afterEach(async () => {
  await bringDown(stateDir);
  expect(supervisedProcesses(stateDir)).toEqual([]);
});

describe('after kill -9', () => {
  it('of the server, it is back on the same address within seconds, and the worker is left alone', async () => {
    const before = await up();
    process.kill(pidOf(before, 'temporal'), 'SIGKILL');
    let now: Runtime | undefined;
    await eventually('another server is ready', async () => {
      now = await readRuntime(stateDir);
      const server = now?.components.find(({ name }) => name === 'temporal');
      return server?.state === 'ready' && server.restarts === 1;
    });
    expect(now?.temporalAddress).toBe(before.temporalAddress);
    expect(pidOf(now, 'worker')).toBe(pidOf(before, 'worker'));
    await eventually("Temporal's own page answers", () => answers(before));
  });

  it('of the supervisor, nothing that it started is left, even what does not listen', async () => {
    const runtime = await up();
    expect(supervisedProcesses(stateDir).length).toBeGreaterThan(4);
    process.kill(runtime.supervisor.pid, 'SIGKILL');
    await eventually('all have ended', () => supervisedProcesses(stateDir).length === 0);
    expect(await readRuntime(stateDir)).toBeUndefined();
  });

  it('of the supervisor and every guard at once, the next up ends the rest and starts anew on the same ports', async () => {
    const before = await up();
    const guards = supervisedProcesses(stateDir).filter(({ command }) => command.startsWith('/bin/sh -c'));
    process.kill(before.supervisor.pid, 'SIGKILL');
    for (const { pid } of guards) process.kill(pid, 'SIGKILL');
    await eventually('the supervisor has ended', () => !isRunning(before.supervisor));
    const left = supervisedProcesses(stateDir).map(({ pid }) => pid);
    const after = await up();
    expect(after.supervisor.pid).not.toBe(before.supervisor.pid);
    expect(after.temporalAddress).toBe(before.temporalAddress);
    expect(left.filter((pid) => supervisedProcesses(stateDir).some((process) => process.pid === pid))).toEqual([]);
  });
});

describe('up', () => {
  it('done twice is done once, also when both are at it together', async () => {
    const [first, second] = await Promise.all([up(), up()]);
    expect(second).toEqual(first);
    expect(await up()).toEqual(first);
  });

  it('adds what was left out before and keeps the rest as it runs', async () => {
    const first = await up(['temporal']);
    const second = await up();
    expect(second.supervisor).toEqual(first.supervisor);
    expect(pidOf(second, 'temporal')).toBe(pidOf(first, 'temporal'));
    expect(pidOf(second, 'worker')).toBeGreaterThan(0);
  });

  it('starts no server where an address is given, and refuses to mix the two', async () => {
    const runtime = await ensureUp({ stateDir, components: both, program, temporalAddress: '10.0.0.1:7233' });
    expect(runtime).toMatchObject({ temporalAddress: '10.0.0.1:7233', uiUrl: undefined });
    expect(runtime.components.map(({ name }) => name)).toEqual(['worker']);
    await expect(up()).rejects.toThrow('this folder is up with 10.0.0.1:7233, not with an embedded server');
  });

  it('refuses what was started without a variable that is needed now, and does not show its value', async () => {
    await up(['temporal']);
    process.env.NEXTUNE_TEST_KEY = 'secret';
    const needing = ensureUp({ stateDir, components: ['temporal'], program, variables: ['NEXTUNE_TEST_KEY'] });
    await expect(needing).rejects.toThrow(
      'started without NEXTUNE_TEST_KEY, or with another value: run nextune down first',
    );
    delete process.env.NEXTUNE_TEST_KEY;
    await expect(up(['temporal'])).resolves.toBeDefined();
  });

  it('refuses to run encrypted what a worker could not read', async () => {
    await up(['temporal']);
    process.env.NEXTUNE_PAYLOAD_KEY_FILE = join(stateDir, 'payload.key');
    try {
      const plan = { stateDir, input: { config: { model: { kind: 'embedded' }, temporal: 'embedded', store: {} } } };
      await expect(bringUpFor(plan as unknown as CampaignPlan)).rejects.toThrow(
        'started without NEXTUNE_PAYLOAD_KEY_FILE, or with another value: run nextune down first',
      );
    } finally {
      delete process.env.NEXTUNE_PAYLOAD_KEY_FILE;
    }
  });

  it('goes on with the server that its campaigns are on, after the supervisor’s own death too, unless told otherwise', async () => {
    const address = async (...args: string[]): Promise<string> => {
      const command = [resourcePath('bin', 'nextune.mjs'), 'up', '--state-dir', stateDir, '--json'];
      const { stdout, stderr, status } = spawnSync(
        process.execPath,
        [...command, '--without', 'engine', 'worker', ...args],
        { encoding: 'utf8' },
      );
      if (status !== 0) throw new Error(stderr);
      const { temporalAddress, supervisor } = JSON.parse(stdout) as Runtime;
      process.kill(supervisor.pid, 'SIGKILL');
      await eventually('the supervisor has ended', () => !isRunning(supervisor));
      return temporalAddress;
    };
    expect(await address('--temporal', '10.0.0.1:7233')).toBe('10.0.0.1:7233');
    expect(await address()).toBe('10.0.0.1:7233');
    expect(await address('--temporal', 'embedded')).toMatch(/^127\.0\.0\.1:/);
    expect(await address()).toMatch(/^127\.0\.0\.1:/);
  });

  it('says that the server can not be reached, and the worker is there once the server is', async () => {
    const ports = await choosePorts(mkdtempSync(join(stateDir, 'server-')));
    const temporalAddress = grpcAddress(ports);
    await expect(ensureUp({ stateDir, components: ['worker'], temporalAddress })).rejects.toThrow(
      new RegExp(`^worker did not come up: can't reach the Temporal server at ${temporalAddress}, and goes on trying`),
    );
    const server = await startServer(ports);
    try {
      const isReady = async () => (await readRuntime(stateDir))?.components[0]?.state === 'ready';
      await eventually('the worker is ready by itself', isReady);
    } finally {
      await bringDown(stateDir);
      await server.stop();
    }
  });

  it('says which component did not come up, with the end of its log', async () => {
    const failing = ensureUp({ stateDir, components: both, program: [...program, 'broken'] });
    await expect(failing).rejects.toThrow(
      /^worker did not come up: it did not get ready 5 times in a row; the last time it ended with status 7 \(log: .*worker\.log\)\n[\s\S]*can not open the model/,
    );
    expect((await readRuntime(stateDir))?.components.find(({ name }) => name === 'temporal')?.state).toBe('ready');
  });
});

describe('down', () => {
  it('ends all, what does not listen too, and says what it ended', async () => {
    const runtime = await up();
    expect((await bringDown(stateDir)).components.sort()).toEqual(['temporal', 'worker']);
    expect(identify(runtime.supervisor.pid)).toBeUndefined();
    expect(identify(pidOf(runtime, 'temporal'))).toBeUndefined();
  });

  it('finds a supervisor that is only just starting, as after an up that was cut off', async () => {
    await expect(ensureUp({ stateDir, components: both, program, timeoutMs: 1 })).rejects.toThrow(
      'did not answer in time',
    );
    const ended = await bringDown(stateDir);
    expect(ended.components.length + ended.leftovers.length).toBeGreaterThan(0);
    expect(supervisedProcesses(stateDir)).toEqual([]);
  });

  it('finds nothing to do where nothing is up', async () => {
    expect(await bringDown(stateDir)).toEqual({ wasUp: false, components: [], leftovers: [] });
    expect(await bringDown(join(stateDir, 'nowhere'))).toEqual({ wasUp: false, components: [], leftovers: [] });
  });
});
