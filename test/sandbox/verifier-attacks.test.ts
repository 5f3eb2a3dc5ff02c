import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import type { Candidate } from '../../activities/ports.js';
import { openVerifier, type SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';
import type { Attack } from './verifier-attacks/attack.js';
import { channel } from './verifier-attacks/channel.js';
import { exits } from './verifier-attacks/exits.js';
import { harm } from './verifier-attacks/harm.js';
import { lies } from './verifier-attacks/lies.js';
import { worksWhereLifted } from './verifier-attacks/lifted-slot.js';
import { luck } from './verifier-attacks/luck.js';
import { hostFiles, hostSockets, memoryOfChildren, ownProcesses, startSentry } from './verifier-attacks/marks.js';
import { beatsNaiveJudge } from './verifier-attacks/naive-judge.js';
import { poison } from './verifier-attacks/poison.js';
import { reads } from './verifier-attacks/reads.js';
import { resources } from './verifier-attacks/resources.js';
import { worksWhereWatched } from './verifier-attacks/watched-jail.js';
import { aCandidate, limits } from './verifier-fixtures.js';

/** Attacks whose rule can't be lifted without harm, each with the reason. */
const withoutControl: Record<string, string> = {};

const all: readonly Attack[] = [...exits, ...lies, ...reads, ...channel, ...poison, ...harm, ...resources, ...luck];
const visible = ['assert solve(1) == 3001'];
const hidden = ['assert solve(2) == 3002'];
const testsOf = (attack: Attack) => (attack.tests ? { tests: attack.tests } : { tests: visible, hiddenTests: hidden });

/** What many harnesses do: program and asserts in one script, exit status 0 is a pass. */
const passesAsScript = async (attack: Attack): Promise<boolean> => {
  const { tests, hiddenTests = [] } = testsOf(attack);
  const script = [attack.program, attack.setup ?? '', ...tests, ...hiddenTests].join('\n');
  const environment = { NEXTUNE_TEST_SECRET: 'secret', PATH: process.env.PATH };
  try {
    await promisify(execFile)('/usr/bin/python3', ['-c', script], { timeout: 100_000, env: environment });
    return true;
  } catch {
    return false;
  }
};

const marks = () => ({ files: hostFiles(), environment: { ...process.env } });
const notIn =
  <T>(known: readonly T[]) =>
  (one: T): boolean =>
    !known.includes(one);

const eventually = async <T>(look: () => T, isSo: (seen: T) => boolean): Promise<T> => {
  for (let tries = 0; tries < 600 && !isSo(look()); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return look();
};

/** A starved machine gives no verdict: those candidates are judged again. None that is a pass or a fail is. */
const judgeAll = async (verifier: SandboxVerifier, candidates: readonly Candidate[]): Promise<Verdict[]> => {
  const verdicts = await verifier.verify(candidates, limits);
  for (let again = 0; again < 3 && verdicts.some(({ verdict }) => verdict === 'none'); again += 1)
    for (const [at, { verdict }] of verdicts.entries())
      if (verdict === 'none') verdicts.splice(at, 1, ...(await verifier.verify(candidates.slice(at, at + 1), limits)));
  return verdicts;
};

/** Less than one candidate that takes all it may, and room for what the judges keep. */
const keptBytes = 256 * 1024 * 1024;
describe('attacks on the verdict and on the host', () => {
  const verdicts = new Map<string, Verdict>();
  let honest: Verdict | undefined;
  let before = marks();
  let after: typeof before | undefined;
  let left: number[] = [];
  let whileOpen: { sockets: string[]; grownBytes: number } | undefined;
  let signals: string[] = [];

  beforeAll(async () => {
    process.env.NEXTUNE_TEST_SECRET = 'secret';
    before = marks();
    const [processes, sockets] = [ownProcesses(), hostSockets()];
    const watch = await startSentry();
    const verifier = await openVerifier({ slots: 4 });
    const judge = (program: string, task: Partial<Task>, index: number) => aCandidate(program, task, index);
    const good = judge('def solve(x):\n    return 3000 + x', { tests: visible, hiddenTests: hidden }, all.length);
    [honest] = await verifier.verify([good], limits);
    const memoryBytes = memoryOfChildren();
    const candidates = all.map((attack, index) =>
      judge(attack.program, { ...testsOf(attack), ...(attack.setup && { setup: attack.setup }) }, index),
    );
    const judged = await judgeAll(verifier, [...candidates, { ...good, index: all.length + 1 }]);
    all.forEach((attack, at) => {
      const verdict = judged[at];
      if (verdict) verdicts.set(attack.name, verdict);
    });
    expect(judged.at(-1)).toMatchObject({ verdict: 'pass' });
    const grown = () => memoryOfChildren() - memoryBytes;
    // A process that was told to end may take its time.
    const grownBytes = await eventually(grown, (bytes) => bytes < keptBytes);
    whileOpen = { sockets: hostSockets().filter(notIn(sockets)), grownBytes };
    await verifier.close();
    signals = await watch.stop();
    left = await eventually(
      () => ownProcesses().filter(notIn(processes)),
      (pids) => pids.length === 0,
    );
    after = marks();
  }, 1_800_000);

  afterAll(() => {
    delete process.env.NEXTUNE_TEST_SECRET;
  });

  it.each(all.map((attack) => [attack.name, attack] as const))('a candidate that %s fails', (name, attack) => {
    const verdict = verdicts.get(name);
    expect(verdict?.verdict).toBe('fail');
    expect(attack.reasons).toContain(verdict?.reason);
  });

  it.each(all.filter((attack) => attack.beatsScript).map((attack) => [attack.name, attack] as const))(
    'control: as a plain script, one that %s passes',
    async (_name, attack) => {
      expect(await passesAsScript(attack)).toBe(true);
    },
    300_000,
  );

  it.each(all.filter((attack) => attack.lifted).map((attack) => [attack.name, attack] as const))(
    'control: where just its rule is lifted, one that %s comes through',
    async (_name, attack) => {
      expect(await worksWhereLifted(attack)).toBe(true);
    },
    600_000,
  );

  it.each(all.filter((attack) => attack.watched).map((attack) => [attack.name, attack] as const))(
    'control: in a throw-away jail without its rule, one that %s comes through',
    async (_name, attack) => {
      expect(await worksWhereWatched(attack)).toBe(true);
    },
    300_000,
  );

  it.each(all.filter((attack) => attack.control).map((attack) => [attack.name, attack] as const))(
    'control: a judge without the rule in its way is beaten by one that %s',
    async (_name, attack) => {
      expect(await beatsNaiveJudge(attack)).toBe(true);
    },
    300_000,
  );

  it(`each of the ${all.length} attacks has a control, but for those that are listed with a reason`, () => {
    const without = all.filter((one) => !one.beatsScript && !one.control && !one.lifted && !one.watched);
    expect(without.map(({ name }) => name)).toEqual(Object.keys(withoutControl));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('an honest candidate passes the same tests in the same jails, before the attacks and after', () => {
    expect(honest).toMatchObject({ verdict: 'pass', reason: 'ok' });
  });

  it('no attack leaves a file, a process or a variable of the environment on the host', () => {
    for (const path of ['/mark', '/tmp/left', '/tmp/big', '/dev/mark']) expect(existsSync(path)).toBe(false);
    expect(after).toEqual(before);
    expect(left).toEqual([]);
  });

  it('no attack reaches the network of the host, a process of it, or keeps memory', () => {
    expect(whileOpen?.sockets).toEqual([]);
    expect(signals).toEqual(['ready', 'SIGTERM']);
    expect(whileOpen?.grownBytes).toBeLessThan(keptBytes);
  });

  it('control: a socket, a process, memory and a signal that are there are seen', async () => {
    const known = hostSockets();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const seen = hostSockets().filter(notIn(known));
    server.close();
    expect(seen).toHaveLength(1);
    const watch = await startSentry();
    expect(ownProcesses()).toContain(watch.pid);
    expect(memoryOfChildren()).toBeGreaterThan(1024 * 1024);
    process.kill(watch.pid, 'SIGUSR1');
    await eventually(watch.said, (said) => said.length > 1);
    expect(await watch.stop()).toEqual(['ready', String(constants.signals.SIGUSR1), 'SIGTERM']);
  });
});
