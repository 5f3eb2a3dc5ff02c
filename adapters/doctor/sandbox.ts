import { hostFindings, type Obstacle, obstaclesOf, probe } from 'nsjail-wrapper';
import type { Candidate } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import { nsjailEngine } from '../sandbox/nsjail.js';
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

/** What stands in the sandbox's way, each with its remedy; for a missing program the remedy is to install it. */
export const sandboxFindings = (error: Error, obstacles: readonly Obstacle[]): Finding[] => {
  const isMissing = error instanceof NextuneFailure && /not found|no Python/.test(error.message);
  if (isMissing) return [fail('sandbox', error.message, 'run npm run bootstrap')];
  const [first, ...others] = obstacles;
  if (first === undefined) return [fail('sandbox', error.message, 'see docs/threat-model.md for what it needs')];
  return [
    fail('sandbox', `${first.why} (${error.message})`, first.remedy),
    ...others.map(({ why, remedy }) => fail('sandbox', why, remedy)),
  ];
};

/** A jail of the plainest kind tells most; where that one runs, the verifier's own error is about what it adds. */
const obstaclesHere = async (message: string): Promise<Obstacle[]> => {
  try {
    const { obstacles } = await probe({ engine: nsjailEngine() });
    return obstacles.length > 0 ? obstacles : obstaclesOf(hostFindings(message));
  } catch {
    return obstaclesOf(hostFindings(message));
  }
};

/** Limits of a whole jail are a second line: the policy is met without control groups. */
const groupsHere = async (): Promise<string> => {
  const { cgroup } = await probe({ engine: nsjailEngine() });
  return cgroup === 'none' ? 'no control groups (not needed)' : `control groups ${cgroup}`;
};

export const checkSandbox = async (): Promise<Finding[]> => {
  try {
    return [ok('sandbox', `${await judge()}: a good program passed, a bad one failed; ${await groupsHere()}`)];
  } catch (error) {
    const failure = error as Error;
    return sandboxFindings(failure, await obstaclesHere(failure.message));
  }
};
