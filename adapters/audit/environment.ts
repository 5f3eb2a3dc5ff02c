import { readdir, readFile } from 'node:fs/promises';
import type { JailMount, JailPolicyInput } from 'nsjail-wrapper';
import type { ObjectStore } from '../../activities/ports.js';
import type { EnvironmentRecord } from '../../contract/manifest.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { digestOf } from '../../core/hash/digest.js';
import { resourcePath } from '../paths.js';
import { findJailPython } from '../sandbox/interpreter.js';
import { slotPolicies } from '../sandbox/slot-policy.js';

/** What this code runs on, stored: the lock of the JavaScript packages, those of Python, and the sandbox's policy. */
export const recordEnvironment = async (store: ObjectStore): Promise<EnvironmentRecord> => {
  const sandboxPolicy = await sandboxPolicyText();
  return {
    packageLock: await store.put(await readFile(resourcePath('package-lock.json'))),
    pythonLocks: await store.put(canonicalJson(await pythonLocks())),
    ...(sandboxPolicy !== undefined && { sandboxPolicy: await store.put(sandboxPolicy) }),
  };
};

const pythonLocks = async (): Promise<Record<string, string>> => {
  const dir = resourcePath('python', 'requirements');
  const names = (await readdir(dir)).filter((name) => name.endsWith('.txt')).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(`${dir}/${name}`, 'utf8')])),
  );
};

/** Host paths say where this machine keeps its Python, and files' contents are in the code's version: digests do. */
const describeMount = (mount: JailMount): unknown =>
  mount.kind === 'file' ? { ...mount, content: digestOf(mount.content) } : mount;

const describePolicy = (policy: JailPolicyInput): unknown => ({
  ...policy,
  mounts: policy.mounts?.map((mount) => describeMount(mount as JailMount)),
});

/** Undefined where this machine has no Python for jails, and so judges nothing. */
const sandboxPolicyText = async (): Promise<string | undefined> => {
  const python = await findJailPython().catch(() => undefined);
  if (!python) return undefined;
  const policies = slotPolicies(python, []);
  return canonicalJson({
    python: python.version,
    candidates: describePolicy(policies.candidates),
    judge: describePolicy(policies.judge),
  });
};
