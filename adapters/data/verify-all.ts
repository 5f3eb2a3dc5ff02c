import type { Candidate, Verifier, VerifyLimits } from '../../activities/ports.js';
import type { Verdict } from '../../contract/verdict.js';

/** A campaign's default limits: what runs into them there must count as a bug here. */
const limits: VerifyLimits = { cpuLimitMs: 1000, memoryBytes: 512 * 1024 * 1024 };
/** How often a candidate without a verdict is run again, before it stays without. */
const repeatsWithoutVerdict = 2;

/** Verdicts under a campaign's default limits, in order; those that came out as no verdict are asked for again. */
export const verifyAll = async (verifier: Verifier, candidates: readonly Candidate[]): Promise<Verdict[]> => {
  const verdicts = await verifier.verify(candidates, limits);
  for (let repeat = 0; repeat < repeatsWithoutVerdict; repeat++) {
    const open = verdicts.flatMap(({ verdict }, at) => (verdict === 'none' ? [at] : []));
    const again = open.flatMap((at) => candidates[at] ?? []);
    if (again.length === 0) break;
    const answers = await verifier.verify(again, limits);
    open.forEach((at, position) => {
      verdicts[at] = answers[position] ?? (verdicts[at] as Verdict);
    });
  }
  return verdicts;
};
