import type { RowsRef } from '../../contract/digest.js';
import { taskSchema } from '../../contract/task.js';
import { type RowChanges, rowChanges } from '../../core/audit/diff.js';
import { canonicalJson } from '../../core/canonical-json.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';

/** A set of tasks that one or both campaigns asked. */
export interface SetChange {
  set: string;
  a?: RowsRef;
  b?: RowsRef;
  /** Where both have it and it is not the same. */
  rows?: RowChanges;
}

interface Side {
  reader: CampaignReader;
  sealed: readonly SealedRound[];
}

/** Sets by name; a later seal's set of the same name and content is the same one. */
const setsOf = ({ sealed }: Side): Map<string, RowsRef> => {
  const sets = new Map<string, RowsRef>();
  for (const { entry, manifest } of sealed) {
    const { dataset, problems, shots, evaluations } = manifest.content;
    if (dataset) sets.set('data set', dataset);
    sets.set('shots', shots.tasks);
    if (problems) sets.set(entry.kind === 'base' ? 'hard problems' : 'problems of the last round', problems.tasks);
    for (const { name, problems: asked } of evaluations) sets.set(name.replace(/^base-/, ''), asked.tasks);
  }
  return sets;
};

/** Every set of both, in A's order, with how it differs by task. */
export const compareSets = async (a: Side, b: Side): Promise<SetChange[]> => {
  const [inA, inB] = [setsOf(a), setsOf(b)];
  const changes: SetChange[] = [];
  for (const set of new Set([...inA.keys(), ...inB.keys()])) {
    const [one, other] = [inA.get(set), inB.get(set)];
    const both = one && other && one.digest !== other.digest;
    changes.push({
      set,
      ...(one && { a: one }),
      ...(other && { b: other }),
      ...(both && {
        rows: rowChanges(await a.reader.rows(one, taskSchema), await b.reader.rows(other, taskSchema), canonicalJson),
      }),
    });
  }
  return changes;
};
