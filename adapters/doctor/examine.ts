import { resolve } from 'node:path';
import { readRuntime } from '../supervisor/runtime.js';
import type { Finding } from './finding.js';
import { checkDisk, checkMemory, checkStore } from './machine.js';
import { checkProgram } from './program.js';
import { checkPython } from './python.js';
import { checkSandbox } from './sandbox.js';
import { checkRunning, checkServer } from './server.js';

/** Looks at everything a campaign needs on this machine, in the order of the lines; tells each as soon as it is known. */
export const examine = async (givenDir: string, onFinding: (finding: Finding) => void): Promise<Finding[]> => {
  const stateDir = resolve(givenDir);
  const checks = [
    checkProgram,
    () => checkStore(stateDir),
    () => checkDisk(stateDir),
    checkMemory,
    () => checkServer(),
    async () => checkRunning(await readRuntime(stateDir)),
    checkSandbox,
    () => checkPython(),
  ];
  const findings: Finding[] = [];
  for (const check of checks) {
    for (const finding of await check()) {
      findings.push(finding);
      onFinding(finding);
    }
  }
  return findings;
};
