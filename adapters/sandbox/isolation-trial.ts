import { NextuneFailure } from '../../contract/failures.js';
import type { JailPython } from './interpreter.js';
import { type Weakening, weakenings } from './isolation.js';
import { answerLimitMs, isJudged, type JudgeJob, Slot } from './slot.js';

const controlTask = { entryPoint: 'f', tests: ['assert f([1]) == [1]', 'assert abs(f(0.5) - 0.5) < 1e-9'] };
const controlJob: JudgeJob = {
  task: controlTask,
  program: 'def f(x):\n    return x\n',
  cpuMs: 1000,
  memoryBytes: 512 * 1024 * 1024,
};

/** Runs a program that must pass, by both ways of judging. Undefined when it does, else what went wrong. */
export const tryControl = async (slot: Slot): Promise<string | undefined> => {
  try {
    const answer = await slot.ask(controlJob, answerLimitMs(1000));
    if (isJudged(answer) && answer.verdict === 'pass') return undefined;
    return `a program that must pass came out as ${JSON.stringify(answer)}`;
  } catch (error) {
    return (error as Error).message;
  }
};

const tryIsolation = async (python: JailPython, accepted: readonly Weakening[]): Promise<string | undefined> => {
  const slot = await Slot.open(python, accepted);
  try {
    return await tryControl(slot);
  } finally {
    await slot.close();
  }
};

/** The least that has to be given up for a candidate to run here: nothing, where the machine gives all. */
export const neededWeakenings = async (python: JailPython): Promise<{ needed: Weakening[]; detail: string }> => {
  const all = Object.keys(weakenings) as Weakening[];
  let detail = '';
  for (const needed of [[], ...all.map((name) => [name]), all]) {
    const failed = await tryIsolation(python, needed);
    if (failed === undefined) return { needed, detail };
    detail ||= failed;
  }
  throw new NextuneFailure(
    'sandboxBroken',
    `no program can be run in the sandbox here: ${detail}. Run \`nextune doctor\``,
  );
};
