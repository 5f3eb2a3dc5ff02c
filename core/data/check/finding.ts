/** What `data check` can find wrong, and what each means. The order is that of the report. */
export const findingKinds = {
  unjudgeable: 'its tests can not be read or judged, or judge nothing',
  'reference-missing': 'it has no reference, so its tests can not be checked',
  'reference-fails': 'its reference fails its own tests',
  'bug-passes': 'its buggy program fails no visible test',
  flips: 'a test flips between runs of one program',
  'split-conflict': 'its source problem stands in two splits',
  duplicate: 'another row is the same',
  'near-duplicate': 'another problem of its split is nearly the same',
  leak: 'a problem of another split is nearly the same, or shares a function',
  contamination: 'the evaluation set holds nearly the same, or the same function',
  'weak-tests': 'a bug in its reference passes all its tests',
} as const;
export type FindingKind = keyof typeof findingKinds;

export const isFindingKind = (name: string): name is FindingKind => Object.hasOwn(findingKinds, name);

export interface Finding {
  kind: FindingKind;
  /** The row, or source problem, that it is about. */
  id: string;
  /** What was seen: the other row, the outcome, the call that tells the bug. */
  detail: string;
  /** Ids of the rows that `--fix` drops for it. */
  drops: string[];
}

const order = Object.keys(findingKinds);

/** By kind in the report's order, then as found. */
export const sortedFindings = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

/** Ids of rows to drop, each with the findings that say so. */
export const dropsOf = (findings: readonly Finding[]): Map<string, Finding[]> => {
  const drops = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const id of finding.drops) drops.set(id, [...(drops.get(id) ?? []), finding]);
  }
  return drops;
};

/** Findings by kind, in the report's order. */
export const faultyCounts = (findings: readonly Finding[]): Record<string, number> =>
  Object.fromEntries(
    Object.keys(findingKinds).flatMap((kind) => {
      const count = findings.filter((finding) => finding.kind === kind).length;
      return count > 0 ? [[kind, count]] : [];
    }),
  );
