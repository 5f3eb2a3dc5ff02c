import type { Task } from '../../contract/task.js';
import type { TaskTrace } from '../../contract/trace.js';
import { type Claim, findClaims } from './claims.js';
import { canonicalLiteral, readLiteral } from './literal.js';

export type ClaimStatus = 'supported' | 'contradicted' | 'notCheckable';
export interface CheckedClaim extends Claim {
  status: ClaimStatus;
}

/** The traced run and the visible tests a rationale is checked against. Hidden tests support nothing: nobody saw them. */
export interface Evidence {
  task: Pick<Task, 'tests'>;
  trace: TaskTrace;
}

/** All numbered steps are there, so what does not show did not happen. */
const isWhole = (trace: TaskTrace): boolean =>
  trace.refused === null && trace.truncated === null && trace.skipped.length === 0;

const recorded = (trace: TaskTrace, wanted: string): string[] =>
  trace.events.flatMap(({ changes }) => changes.filter(([name]) => name === wanted).map(([, repr]) => repr));

/** Among reprs: a cut one, or one that is no literal, leaves open what it was. */
const among = (value: string, reprs: readonly string[], whole: boolean): ClaimStatus => {
  const known = reprs.map(canonicalLiteral);
  if (known.includes(value)) return 'supported';
  return whole && known.length > 0 && known.every((one) => one !== undefined) ? 'contradicted' : 'notCheckable';
};

/** What the tests expect, where they compare with a literal. */
const expectedValues = ({ tests }: Pick<Task, 'tests'>): (string | undefined)[] =>
  tests.map((test) => {
    const at = test.lastIndexOf('==');
    return at < 0 ? undefined : readLiteral(test.slice(at + 2).trim())?.canonical;
  });

const expectedStatus = (value: string, task: Pick<Task, 'tests'>): ClaimStatus => {
  const expected = expectedValues(task);
  if (expected.includes(value)) return 'supported';
  return expected.every((one) => one !== undefined) ? 'contradicted' : 'notCheckable';
};

/** The entry point's own return, and those of the functions it called: a rationale rarely says which it means. */
const returnedStatus = (value: string, trace: TaskTrace): ClaimStatus => {
  const inner = among(value, recorded(trace, '__return__'), isWhole(trace));
  if (inner === 'supported' || trace.returned === null) return inner;
  return among(value, [trace.returned], isWhole(trace));
};

const statusOf = (claim: Claim, { task, trace }: Evidence): ClaimStatus => {
  if (claim.about === 'expected') return expectedStatus(claim.value, task);
  if (trace.refused !== null) return 'notCheckable';
  if (claim.about === 'returned') return returnedStatus(claim.value, trace);
  const values = recorded(trace, claim.name ?? '');
  return among(claim.value, values, isWhole(trace));
};

/** Checks a rationale's claims of values against what really happened and what the tests say. */
export const checkRationale = (rationale: string, evidence: Evidence): CheckedClaim[] =>
  findClaims(rationale).map((claim) => ({ ...claim, status: statusOf(claim, evidence) }));

/** A rationale as a whole: one contradiction is enough; `unchecked` says nothing that could be checked. */
export type Faithfulness = 'supported' | 'contradicted' | 'unchecked';

export const faithfulnessOf = (claims: readonly CheckedClaim[]): Faithfulness => {
  if (claims.some(({ status }) => status === 'contradicted')) return 'contradicted';
  return claims.some(({ status }) => status === 'supported') ? 'supported' : 'unchecked';
};
