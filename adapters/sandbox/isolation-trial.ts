import { NextuneFailure } from '../../contract/failures.js';
import type { JailPython } from './interpreter.js';
import { type Weakening, weakenings } from './isolation.js';
import { answerLimitMs, isJudged, type JudgeJob, Slot } from './slot.js';

const controlTask = { entryPoint: 'f', tests: ['assert f([1]) == [1]', 'assert abs(f(0.5) - 0.5) < 1e-9'] };
const controlJob: JudgeJob = {
  taskKey: 'control',
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

/** A slot in which the control program passed, or why it did not. */
const tryIsolation = async (python: JailPython, accepted: readonly Weakening[]): Promise<Slot | string> => {
  const slot = await Slot.open(python, accepted);
  const failed = await tryControl(slot);
  if (failed === undefined) return slot;
  await slot.close();
  return failed;
};

/**
 * The least that has to be given up for a candidate to run here: nothing, where the machine gives all; and a slot that
 * runs with it, for its user to go on with. The whole isolation is tried once more before anything counts as missing: a
 * jail that was killed in its trial says nothing of the machine.
 * @throws NextuneFailure sandboxBroken when nothing runs however much is given up.
 */
export const tryIsolations = async (
  python: JailPython,
): Promise<{ needed: readonly Weakening[]; slot: Slot; detail: string }> => {
  const all = Object.keys(weakenings) as Weakening[];
  let detail = '';
  for (const needed of [[], ...all.map((name) => [name]), all]) {
    const slot = await tryIsolation(python, needed);
    if (typeof slot === 'string') {
      detail ||= slot;
      continue;
    }
    const whole = needed.length === 0 ? slot : await tryIsolation(python, []);
    if (typeof whole === 'string') return { needed, slot, detail };
    if (whole !== slot) await slot.close();
    return { needed: [], slot: whole, detail };
  }
  throw new NextuneFailure(
    'sandboxBroken',
    `no program can be run in the sandbox here: ${detail}. Run \`nextune doctor\``,
  );
};
