import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JailMountInput, JailPolicyInput } from 'nsjail-wrapper';
import { findJailPython, type JailPython } from '../../../adapters/sandbox/interpreter.js';
import { answerLimitMs, isJudged, type JudgeAnswer, Slot } from '../../../adapters/sandbox/slot.js';
import { slotPolicies } from '../../../adapters/sandbox/slot-policy.js';
import type { Attack, Lift } from './attack.js';

const rule = { cpuMs: 1000, memoryBytes: 512 * 1024 * 1024 };
/** Luck of one in four, or better: a hundred misses on end have odds of 3 in 10^13. */
const triesByLuck = 100;

const patched = (mount: JailMountInput, patches: NonNullable<Lift['patches']>): JailMountInput => {
  if (mount.kind !== 'file') return mount;
  let { content } = mount;
  for (const [module, text, instead] of patches) {
    if (mount.target !== `/nextune_jail/${module}.py`) continue;
    if (content.split(text).length !== 2) throw new Error(`${module}.py does not hold this once: ${text}`);
    content = content.replace(text, instead);
  }
  return { ...mount, content };
};

/** A copy of os.py in the place of the host's, and what removes it. */
const ownLibrary = (python: JailPython): { mounts: JailMountInput[]; remove: () => void } => {
  const printed = execFileSync(python.path, ['-I', '-S', '-c', 'import os; print(os.__file__)'], { encoding: 'utf8' });
  const target = realpathSync(printed.trim());
  const dir = mkdtempSync(join(tmpdir(), 'library-'));
  const source = join(dir, 'os.py');
  copyFileSync(target, source);
  chmodSync(dir, 0o755);
  chmodSync(source, 0o666);
  return {
    mounts: [{ kind: 'bind', source, target, writable: true }],
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
};

const lift = (policy: JailPolicyInput, { patches = [], environment, folders = [] }: Lift): JailPolicyInput => ({
  ...policy,
  environment: { ...policy.environment, ...environment },
  mounts: [
    ...folders.map((target): JailMountInput => ({ kind: 'tmpfs', target, sizeBytes: 1024 * 1024 })),
    ...(policy.mounts ?? []).map((mount) => patched(mount, patches)),
  ],
});

type Ask = (program: string, limits?: Lift['limits']) => Promise<JudgeAnswer>;

/** Works with a slot whose jails lack just the rule in the way of one attack. */
const withSlot = async <T>(attack: Attack, how: Lift, work: (ask: Ask) => Promise<T>): Promise<T> => {
  const python = await findJailPython();
  const library = how.ownLibrary ? ownLibrary(python) : undefined;
  const { candidates, judge } = slotPolicies(python, how.accepted ?? []);
  const all = { ...candidates, mounts: [...(candidates.mounts ?? []), ...(library?.mounts ?? [])] };
  const policies = { candidates: lift(all, how), judge: lift(judge, { patches: how.patches ?? [] }) };
  const slot = await Slot.open(python, how.accepted ?? [], policies);
  const tests = (attack.tests ?? []).slice(0, how.byLuck ? 1 : undefined);
  const task = { entryPoint: 'solve', tests };
  const ask: Ask = (program, limits) => {
    const job = { taskKey: attack.name, task, program, measure: true, ...rule, ...limits };
    return slot.ask(job, answerLimitMs(job.cpuMs));
  };
  try {
    return await work(ask);
  } finally {
    await slot.close();
    library?.remove();
  }
};

const passed = (answer: JudgeAnswer): boolean => isJudged(answer) && answer.verdict === 'pass';
const cpuMsOf = (answer: JudgeAnswer): number => (isJudged(answer) ? (answer.cpuMs ?? 0) : 0);

/** Whether luck decides: a program that is asked again and again passes once, and fails once. */
const isLucky = async (ask: Ask, program: string, tries: number): Promise<boolean> => {
  const seen = new Set<boolean>();
  for (let at = 0; at < tries && seen.size < 2; at += 1) seen.add(passed(await ask(program)));
  return seen.size === 2;
};

/** Whether the attack works where its rule is lifted, and not where it stands; else what was answered. */
export const worksWhereLifted = async (attack: Attack): Promise<true | string> => {
  const how = attack.lifted;
  if (!how) return 'no rule is named';
  if (how.byLuck) {
    const lucky = await withSlot(attack, how, (ask) => isLucky(ask, attack.program, triesByLuck));
    const denied = !(await withSlot(attack, { byLuck: true }, (ask) => isLucky(ask, attack.program, 10)));
    return (lucky && denied) || `lucky where lifted: ${lucky}; never where not: ${denied}`;
  }
  return withSlot(attack, how, async (ask) => {
    if (how.before !== undefined) await ask(how.before);
    const answer = await ask(attack.program, how.limits);
    if (how.outlasts) return cpuMsOf(answer) > 2 * rule.cpuMs || JSON.stringify(answer);
    // What is left behind helps only the next.
    const last = passed(answer) ? answer : await ask(attack.program, how.limits);
    return passed(last) || JSON.stringify(last);
  });
};
