import { NextuneFailure } from '../../contract/failures.js';

/** Parts of the isolation that a person may do without, by name, on a machine that can't give them. */
export const weakenings = {
  'candidate-namespaces': { option: 'no-namespaces', missing: 'namespaces of its own for each candidate' },
  seccomp: { option: 'no-filter', missing: 'a system-call filter' },
} as const;
export type Weakening = keyof typeof weakenings;

export const isWeakening = (name: string): name is Weakening => Object.hasOwn(weakenings, name);

/** How a verdict names its isolation and interpreter, as in `nsjail/userns+seccomp+rlimits python3.11.2`. */
export const isolationLabel = (accepted: readonly Weakening[], pythonVersion: string): string => {
  const parts = [
    accepted.includes('candidate-namespaces') ? 'shared' : 'userns',
    ...(accepted.includes('seccomp') ? [] : ['seccomp']),
    'rlimits',
  ];
  return `nsjail/${parts.join('+')} python${pythonVersion}`;
};

export const tooWeak = (missing: readonly Weakening[], detail: string): NextuneFailure =>
  new NextuneFailure(
    'sandboxWeak',
    `this machine's isolation is weaker than the policy: no ${missing.map((name) => weakenings[name].missing).join(', no ')} ` +
      `(${detail}). Run \`nextune doctor\` for the remedy, or accept it with ` +
      missing.map((name) => `--allow-weak-isolation ${name}`).join(' '),
  );
