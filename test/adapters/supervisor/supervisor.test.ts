import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ComponentSpec } from '../../../adapters/supervisor/component-run.js';
import { supervisedProcesses } from '../../../adapters/supervisor/leftovers.js';
import { livingState } from '../../../adapters/supervisor/runtime.js';
import type { ComponentStatus } from '../../../adapters/supervisor/state.js';
import { Supervisor } from '../../../adapters/supervisor/supervisor.js';
import { eventually } from './eventually.js';

const server: ComponentSpec = {
  name: 'temporal',
  command: () => ({ command: '/bin/sh', args: ['-c', 'echo listening; exec sleep 1000'] }),
  ready: { line: (line) => line === 'listening' },
  startTimeoutMs: 60_000,
  unresponsiveMs: 5000,
  after: [],
};
const worker: ComponentSpec = { ...server, name: 'worker', after: ['temporal'] };
const wanted = { request: 'a', components: ['temporal' as const, 'worker' as const], temporalAddress: null };

let stateDir: string;
let supervisor: Supervisor | undefined;
const begin = async (...specs: ComponentSpec[]): Promise<void> => {
  stateDir = realpathSync(mkdtempSync(join(tmpdir(), 'nextune-sup-')));
  supervisor = await Supervisor.create(stateDir, () => specs);
  supervisor.want(wanted);
};
const statusOf = (name: string): ComponentStatus =>
  livingState(stateDir)?.components.find((status) => status.name === name) as ComponentStatus;
const reaches = (name: string, state: string) =>
  eventually(`${name} is ${state}`, () => statusOf(name).state === state);

afterEach(async () => {
  await supervisor?.stop();
  expect(supervisedProcesses(stateDir)).toEqual([]);
});

describe('the supervisor', () => {
  it('starts what needs another only once that is ready', async () => {
    let listens = false;
    const slow: ComponentSpec = { ...server, ready: { probe: async () => listens } };
    await begin(slow, worker);
    await eventually('the server runs', () => statusOf('temporal').process !== null);
    expect(statusOf('worker').process).toBeNull();
    listens = true;
    await reaches('worker', 'ready');
  });

  it('starts a component that was killed anew, and counts it', async () => {
    await begin(server);
    await reaches('temporal', 'ready');
    const first = statusOf('temporal').process?.pid as number;
    process.kill(first, 'SIGKILL');
    await eventually(
      'it is ready again',
      () => statusOf('temporal').state === 'ready' && statusOf('temporal').restarts === 1,
    );
    expect(statusOf('temporal').process?.pid).not.toBe(first);
    expect(readFileSync(statusOf('temporal').logPath, 'utf8')).toContain('temporal waiting: was ended by SIGKILL');
  });

  it('starts nothing anew without what it needs, and gives nothing up for that', async () => {
    let listens = true;
    await begin({ ...server, unresponsiveMs: 60_000, ready: { probe: async () => listens } }, worker);
    await reaches('worker', 'ready');
    listens = false;
    process.kill(statusOf('temporal').process?.pid as number, 'SIGKILL');
    await eventually('the server is missed', () => statusOf('temporal').state !== 'ready');
    process.kill(statusOf('worker').process?.pid as number, 'SIGKILL');
    await eventually('the worker waits for the server', () =>
      /SIGKILL; waits for temporal$/.test(statusOf('worker').reason ?? ''),
    );
    expect(statusOf('worker')).toMatchObject({ state: 'waiting', process: null });
    listens = true;
    await reaches('worker', 'ready');
    expect(statusOf('worker')).toMatchObject({ restarts: 1, reason: null });
  });

  it('starts a component anew that runs and does not answer any more', async () => {
    let answers = true;
    await begin({ ...server, unresponsiveMs: 60, ready: { probe: async () => answers } });
    await reaches('temporal', 'ready');
    answers = false;
    await eventually('it is started anew', () => statusOf('temporal').restarts === 1);
    answers = true;
    await reaches('temporal', 'ready');
  });

  it('leaves a component alone that answers again in time', async () => {
    let failuresLeft = 0;
    let asked = 0;
    const probe = async () => {
      asked++;
      return --failuresLeft < 0;
    };
    await begin({ ...server, unresponsiveMs: 80, ready: { probe } });
    await reaches('temporal', 'ready');
    failuresLeft = 3;
    asked = 0;
    await eventually('it was asked on', () => asked > 6);
    expect(statusOf('temporal')).toMatchObject({ state: 'ready', restarts: 0 });
  });

  it('does not wait for ever for a component to get ready', async () => {
    await begin({ ...server, startTimeoutMs: 30, ready: { probe: async () => false } });
    await eventually('it says so', () => statusOf('temporal').reason === 'was not ready after 0.03 s');
  });

  it('gives up at once what can not be started, says why, and tries again when asked to', async () => {
    let installed = false;
    const command = () => {
      if (!installed) throw new Error('no Temporal server');
      return server.command();
    };
    await begin({ ...server, command });
    await reaches('temporal', 'failed');
    expect(statusOf('temporal').reason).toBe('no Temporal server');
    installed = true;
    supervisor?.want({ ...wanted, request: 'b' });
    await reaches('temporal', 'ready');
    expect(livingState(stateDir)?.wanted.request).toBe('b');
  });

  it('ends what an earlier supervisor left behind before it starts anything', async () => {
    await begin(server);
    await reaches('temporal', 'ready');
    const [left] = supervisedProcesses(stateDir);
    const second = await Supervisor.create(stateDir, () => []);
    expect(left && supervisedProcesses(stateDir).some(({ pid }) => pid === left.pid)).toBe(false);
    await second.stop();
  });
});
