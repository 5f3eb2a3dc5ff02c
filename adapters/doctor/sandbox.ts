import { existsSync, readFileSync } from 'node:fs';
import type { Candidate } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { openVerifier } from '../sandbox/verifier.js';
import { type Finding, fail, ok } from './finding.js';

const task: Task = {
  id: 'doctor',
  problemId: 'doctor',
  intent: 'return the sum of a list',
  entryPoint: 'total',
  tests: ['assert total([1, 2]) == 3'],
  source: { dataset: 'doctor', license: 'Apache-2.0' },
};
const candidates: Candidate[] = [
  { task, index: 0, program: 'def total(xs):\n    return sum(xs)\n' },
  { task, index: 1, program: 'def total(xs):\n    return 0\n' },
];
const limits = { cpuLimitMs: 2000, memoryBytes: 512 * 1024 * 1024 };

/** A good and a bad program really judged, in the jails that campaigns use. */
const judge = async (): Promise<string> => {
  const verifier = await openVerifier({ slots: 1 });
  try {
    const verdicts = await verifier.verify(candidates, limits);
    const words = verdicts.map(({ verdict, reason }) => `${verdict} (${reason})`).join(', ');
    if (verdicts[0]?.verdict === 'pass' && verdicts[1]?.verdict === 'fail') return verifier.isolation;
    throw new NextuneFailure('sandboxBroken', `a good and a bad program came out as ${words}`);
  } finally {
    await verifier.close();
  }
};

const setting = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/sys/${path}`, 'utf8').trim();
  } catch {
    return undefined;
  }
};

/** What commonly forbids user namespaces, from the kernel's own settings. `read` is for tests. */
export const namespaceRemedy = (read = setting, isContainer = existsSync('/.dockerenv')): string => {
  if (read('user/max_user_namespaces') === '0') return 'sudo sysctl user.max_user_namespaces=15000';
  if (read('kernel/unprivileged_userns_clone') === '0') return 'sudo sysctl kernel.unprivileged_userns_clone=1';
  if (read('kernel/apparmor_restrict_unprivileged_userns') === '1') {
    return 'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 23.10 and newer restrict user namespaces)';
  }
  if (isContainer) {
    return 'start the container with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';
  }
  return 'allow unprivileged user namespaces (man 7 user_namespaces), or accept weaker isolation by name';
};

export const checkSandbox = async (): Promise<Finding[]> => {
  try {
    return [ok('sandbox', `${await judge()}: a good program passed, a bad one failed`)];
  } catch (error) {
    const { message } = error as Error;
    const isMissing = error instanceof NextuneFailure && /not found|no Python/.test(message);
    return [fail('sandbox', message, isMissing ? 'run npm run bootstrap' : namespaceRemedy())];
  }
};
