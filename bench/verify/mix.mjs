import { availableParallelism } from 'node:os';
import { judgeStream, passing } from './ours.mjs';

const spins = (task) => `def ${task.entryPoint}(*args):\n    while True:\n        pass\n`;
const sleeps = (task) => `import time\ndef ${task.entryPoint}(*args):\n    time.sleep(3600)\n`;
const fails = (task) =>
  `${task.reference}\n_right = ${task.entryPoint}\ndef ${task.entryPoint}(*args):\n    return (_right(*args), 0)\n`;

/** 30 % pass, 69.5 % fail, 0.5 % spin until the limit; evenly spread. */
function* mixed(problems, count) {
  for (let index = 0; index < count; index += 1) {
    const { task } = problems[index % problems.length];
    const program = index % 200 === 0 ? spins(task) : index % 10 < 3 ? task.reference : fails(task);
    yield { task, index, program };
  }
}

/** Endlessly programs that fail their first test. */
function* failing(problems) {
  for (let index = 0; ; index += 1) {
    const { task } = problems[index % problems.length];
    yield { task, index, program: fails(task) };
  }
}

/**
 * A realistic load against its bound: passes and fails at the rates that either reaches alone on these cores, and each
 * timeout's limit of CPU time.
 */
export const measureMix = async (verifier, problems, { limits, candidates, seconds, print }) => {
  const secondsOf = async (candidates) => {
    const { verdicts, seconds: took } = await judgeStream(verifier, candidates, { limits, seconds });
    return took / verdicts;
  };
  const [pass, fail] = [await secondsOf(passing(problems)), await secondsOf(failing(problems))];
  const counts = { pass: 0, fail: 0, timeout: 0 };
  const onVerdict = ({ verdict, reason }) => {
    counts[reason === 'timeout' ? 'timeout' : verdict] += 1;
  };
  const mix = await judgeStream(verifier, mixed(problems, candidates), { limits, onVerdict });
  const waiting = (counts.timeout * limits.cpuLimitMs) / 1000 / availableParallelism();
  const bound = counts.pass * pass + counts.fail * fail + waiting;
  print(
    `mix of ${candidates}: ${JSON.stringify(counts)} in ${mix.seconds.toFixed(1)} s; its bound ${bound.toFixed(1)} s`,
  );
  print(`mix ${(bound / mix.seconds).toFixed(2)} of the bound`);
};

/** Half of the candidates time out, spinning and sleeping in turn, and the others are to go on meanwhile. */
function* stormy(problems, count) {
  for (let index = 0; index < count; index += 1) {
    const { task } = problems[index % problems.length];
    const program = index % 2 === 0 ? task.reference : index % 4 === 1 ? spins(task) : sleeps(task);
    yield { task, index, program };
  }
}

export const measureStorm = async (verifier, problems, { limits, candidates, print }) => {
  const startedMs = performance.now();
  const counts = { pass: 0, timeout: 0, other: 0 };
  let othersDoneMs = 0;
  let longestGapMs = 0;
  const onVerdict = ({ verdict, reason }) => {
    const nowMs = performance.now() - startedMs;
    counts[verdict === 'pass' ? 'pass' : reason === 'timeout' ? 'timeout' : 'other'] += 1;
    if (verdict !== 'pass') return;
    longestGapMs = Math.max(longestGapMs, nowMs - othersDoneMs);
    othersDoneMs = nowMs;
  };
  const { seconds } = await judgeStream(verifier, stormy(problems, candidates), { limits, onVerdict });
  print(
    `storm of ${candidates}: ${JSON.stringify(counts)} in ${seconds.toFixed(1)} s, ` +
      `the longest time without a pass ${(longestGapMs / 1000).toFixed(1)} s`,
  );
  if (counts.other > 0) throw new Error('a candidate of the storm came out neither as a pass nor as a timeout');
};
