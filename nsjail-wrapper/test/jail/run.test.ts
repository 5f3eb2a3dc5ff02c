import { existsSync } from 'node:fs';
import { jest } from '@jest/globals';
import { nsjailPath } from '../../../adapters/sandbox/nsjail.js';
import { type JailPolicyInput, openJail, probe, type RunRequest, type RunResult, runInJail } from '../../src/index.js';

jest.setTimeout(60_000);

const nsjail = nsjailPath();
const hostDirs = ['/bin', '/lib', '/lib64', '/usr'].filter((dir) => existsSync(dir));
const policy: JailPolicyInput = {
  mounts: [
    ...hostDirs.map((source) => ({ kind: 'bind' as const, source })),
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 65536 },
  ],
};
const sh = (script: string, over: Partial<RunRequest> = {}): Promise<RunResult> =>
  runInJail({ policy, command: '/bin/sh', args: ['-c', script], nsjail, ...over });

describe('one command in a jail', () => {
  it('reads stdin and answers on stdout', async () => {
    const { outcome, stdout } = await sh('read -r a; echo "got $a"', { stdin: 'it\n' });
    expect(outcome).toEqual({ kind: 'exit', code: 0 });
    expect(stdout.toString()).toBe('got it\n');
  });

  it('an exit status is its own, even one that looks like a kill', async () => {
    expect((await sh('exit 137')).outcome).toEqual({ kind: 'exit', code: 137 });
  });

  it('a wall limit ends it', async () => {
    const limited = { ...policy, limits: { wallMs: 300 } };
    expect((await sh('while :; do sleep 1; done', { policy: limited })).outcome).toEqual({ kind: 'timeout' });
  });

  it('a CPU limit ends it', async () => {
    const limited = { ...policy, limits: { cpuSeconds: 1 } };
    expect((await sh('while :; do :; done', { policy: limited })).outcome).toEqual({ kind: 'timeout' });
  });

  it('too much output ends it, and what came before is kept', async () => {
    const { outcome, stdout } = await sh('while :; do echo flood; done', { maxOutputBytes: 100 });
    expect(outcome).toEqual({ kind: 'outputLimit' });
    expect(stdout).toHaveLength(100);
  });

  it('an abort ends it', async () => {
    const controller = new AbortController();
    const running = sh('while :; do sleep 1; done', { signal: controller.signal });
    controller.abort();
    expect((await running).outcome.kind).toBe('signal');
  });

  it('a command that is not there is refused, by name', async () => {
    const { outcome } = await runInJail({ policy, command: '/nope', nsjail });
    expect(outcome).toMatchObject({ kind: 'refused', reason: expect.stringContaining('/nope') });
  });

  it('a file mount carries its content in', async () => {
    const mounts = [
      ...(policy.mounts ?? []),
      { kind: 'file' as const, target: '/note', content: 'quote " and \\ and é\n' },
    ];
    const { stdout } = await sh('read -r line < /note; printf %s "$line"', { policy: { mounts } });
    expect(stdout.toString()).toBe('quote " and \\ and é');
  });

  it.each([
    ['the environment of the caller', 'test -z "$SECRET"', 'SECRET=1; test -n "$SECRET"'],
    ["the host's users", 'test ! -e /etc/passwd', 'test -e /usr'],
    ['a writable root', '! (: > /mark) 2>/dev/null', ': > /tmp/mark'],
    ['other processes', 'test $$ = 1', 'test -n $$'],
  ])('does not see %s', async (_title, denied, control) => {
    process.env.SECRET = 'x';
    expect((await sh(denied)).outcome).toEqual({ kind: 'exit', code: 0 });
    expect((await sh(control)).outcome).toEqual({ kind: 'exit', code: 0 });
    delete process.env.SECRET;
  });
});

describe('a long-lived jail', () => {
  it('answers line by line and ends when its stdin does', async () => {
    const jail = await openJail({
      policy,
      command: '/bin/sh',
      args: ['-c', 'while read -r a; do echo "<$a>"; done'],
      nsjail,
    });
    jail.stdin.write('one\n');
    const [first] = await new Promise<Buffer[]>((resolve) =>
      jail.stdout.once('data', (...chunks: Buffer[]) => resolve(chunks)),
    );
    expect(String(first)).toBe('<one>\n');
    jail.stdin.end();
    expect(await jail.exited).toEqual({ kind: 'exit', code: 0 });
  });

  it('close ends it, twice as well as once', async () => {
    const jail = await openJail({ policy, command: '/bin/sh', args: ['-c', 'while :; do sleep 1; done'], nsjail });
    await jail.close();
    expect((await jail.close()).kind).toBe('signal');
    expect(existsSync(`/proc/${jail.pid}`)).toBe(false);
  });

  it('two jails talk over a channel of the one that the other inherits', async () => {
    const first = await openJail({
      policy,
      command: '/bin/sh',
      args: ['-c', 'read -r a <&5; echo "$a"'],
      channels: 1,
      nsjail,
    });
    const second = await openJail({
      policy,
      command: '/bin/sh',
      args: ['-c', 'echo hello >&5'],
      inherit: first.channels,
      nsjail,
    });
    for (const channel of first.channels) channel.destroy();
    const [said] = await new Promise<Buffer[]>((resolve) =>
      first.stdout.once('data', (...chunks: Buffer[]) => resolve(chunks)),
    );
    expect(String(said)).toBe('hello\n');
    await Promise.all([first.close(), second.close()]);
  });
});

describe('the probe', () => {
  it('finds every part of the isolation where a jail can run', async () => {
    expect(await probe({ nsjail })).toMatchObject({
      namespaces: true,
      seccomp: true,
      noNewPrivileges: true,
      noNetwork: true,
      reasons: [],
    });
  });

  it('says why where there is none', async () => {
    expect(await probe({ nsjail: '/usr/bin/false' })).toMatchObject({
      namespaces: false,
      reasons: [expect.any(String)],
    });
  });
});
