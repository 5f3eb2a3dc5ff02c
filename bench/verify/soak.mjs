import { readdirSync, readFileSync } from 'node:fs';
import { judgeStream, passing } from './ours.mjs';

const statusOf = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
    return { parent: field('PPid'), residentKb: field('VmRSS') };
  } catch {
    return undefined;
  }
};

/** This process and all below it: how many, their memory, and this one's open descriptors. */
const census = () => {
  const all = new Map();
  for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) all.set(Number(name), statusOf(name));
  const own = new Set([process.pid]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [pid, status] of all) {
      if (status && !own.has(pid) && own.has(status.parent)) grew = Boolean(own.add(pid));
    }
  }
  const residentKb = [...own].reduce((sum, pid) => sum + (all.get(pid)?.residentKb ?? 0), 0);
  return {
    processes: own.size,
    residentMb: Math.round(residentKb / 1024),
    descriptors: readdirSync('/proc/self/fd').length,
  };
};

/** Many candidates through one verifier: memory has to stay flat, and nothing may be left at the end. */
export const measureSoak = async (openVerifier, problems, { limits, candidates, print }) => {
  // What Node opens once, with its first child, is no leak.
  await (await openVerifier()).close();
  const before = census();
  const verifier = await openVerifier();
  const samples = [];
  let done = 0;
  const every = Math.max(1, Math.floor(candidates / 20));
  const onVerdict = ({ verdict }) => {
    if (verdict !== 'pass') throw new Error('a program that must pass did not');
    done += 1;
    if (done % every !== 0) return;
    global.gc?.();
    samples.push(census().residentMb);
    process.stderr.write(`soak ${done}/${candidates}, ${samples.at(-1)} MB\n`);
  };
  const source = passing(problems);
  const bounded = (function* () {
    for (let at = 0; at < candidates; at += 1) yield source.next().value;
  })();
  const { seconds } = await judgeStream(verifier, bounded, { limits, onVerdict });
  await verifier.close();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const after = census();
  const half = Math.floor(samples.length / 2);
  const most = (list) => Math.max(...list);
  print(
    `soak of ${candidates}: ${(candidates / seconds).toFixed(0)} verdicts/s; memory at most ${most(samples.slice(0, half))} MB ` +
      `in its first half, ${most(samples.slice(half))} MB in its second`,
  );
  print(
    `processes ${before.processes} before, ${after.processes} after; descriptors ${before.descriptors} before, ${after.descriptors} after`,
  );
  if (after.processes > before.processes || after.descriptors > before.descriptors) {
    throw new Error('processes or descriptors were left behind');
  }
};
