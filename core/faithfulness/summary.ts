import { type CheckedClaim, type ClaimStatus, type Faithfulness, faithfulnessOf } from './check.js';

/** How faithful a set of rationales is: claims by status, and rationales by what their claims add up to. */
export interface FaithfulnessSummary {
  rationales: number;
  claims: Record<ClaimStatus, number>;
  byRationale: Record<Faithfulness, number>;
}

/** Adds up checked rationales, one list of claims for each. */
export const summariseFaithfulness = (checked: readonly (readonly CheckedClaim[])[]): FaithfulnessSummary => {
  const claims = { supported: 0, contradicted: 0, notCheckable: 0 };
  const byRationale = { supported: 0, contradicted: 0, unchecked: 0 };
  for (const one of checked) {
    for (const { status } of one) claims[status]++;
    byRationale[faithfulnessOf(one)]++;
  }
  return { rationales: checked.length, claims, byRationale };
};
