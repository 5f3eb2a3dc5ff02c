import { jest } from '@jest/globals';
import type { Candidate } from '../../activities/ports.js';
import { openVerifier, type SandboxVerifier } from '../../adapters/sandbox/verifier.js';
import type { Task } from '../../contract/task.js';
import type { Verdict } from '../../contract/verdict.js';

/** A busy machine makes a CPU second last many. */
jest.setTimeout(300_000);

export const limits = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024 };

export const aTask = (over: Partial<Task> = {}): Task => ({
  id: 'task',
  intent: 'a task',
  entryPoint: 'solve',
  tests: ['assert solve(1) == 3001'],
  problemId: 'problem',
  source: { dataset: 'made for this test', license: 'Apache-2.0' },
  ...over,
});

export const aCandidate = (program: string | undefined, task: Partial<Task> = {}, index = 0): Candidate => ({
  task: aTask(task),
  index,
  program,
});

/** One verifier for a file's tests: opened before them, closed after. */
export const useVerifier = (): { get: () => SandboxVerifier } => {
  let verifier: SandboxVerifier | undefined;
  beforeAll(async () => {
    verifier = await openVerifier({ slots: 4 });
  }, 300_000);
  afterAll(async () => {
    await verifier?.close();
  });
  return {
    get: () => {
      if (!verifier) throw new Error('the verifier did not open');
      return verifier;
    },
  };
};

export const judgeOne = async (verifier: SandboxVerifier, candidate: Candidate): Promise<Verdict> => {
  const [verdict] = await verifier.verify([candidate], limits);
  if (!verdict) throw new Error('no verdict');
  return verdict;
};
