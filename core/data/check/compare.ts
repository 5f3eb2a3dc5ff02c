import type { SplitName, Task } from '../../../contract/task.js';
import type { Finding } from './finding.js';
import { overlapsOf } from './overlap.js';
import type { Profile } from './profile.js';

/** A source problem with its rows, in the order of the file. */
export interface ProfiledProblem extends Profile {
  ids: string[];
}

/** Where the same thing stands in two splits it is dropped from the first of these: a test set is the dearest. */
const dropOrder: (SplitName | undefined)[] = ['train', undefined, 'fewshot', 'dev', 'test'];
const rankOf = ({ split }: { split: SplitName | undefined }): number => dropOrder.indexOf(split);

const named = ({ problemId, split }: Profile): string => (split ? `${problemId} (${split})` : problemId);

const pairFinding = (one: ProfiledProblem, other: ProfiledProblem, why: string): Finding => {
  const dropped = rankOf(one) < rankOf(other) ? one : other;
  const kept = dropped === one ? other : one;
  const kind = one.split === other.split ? 'near-duplicate' : 'leak';
  return { kind, id: dropped.problemId, detail: `${named(dropped)} and ${named(kept)}: ${why}`, drops: dropped.ids };
};

/**
 * Problems that are nearly the same: within a split near duplicates, between splits leaks, with an evaluation set
 * contamination. Of each pair one side's rows are dropped; never the evaluation set's.
 */
export const compareProblems = (problems: readonly ProfiledProblem[], evaluation: readonly Profile[]): Finding[] => {
  const overlaps = overlapsOf([...problems, ...evaluation]);
  const gone = new Set<string>();
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    gone.add(finding.id);
    findings.push(finding);
  };
  for (const { first, second, why } of overlaps) {
    const [one, theirs] = [problems[first], evaluation[second - problems.length]];
    if (one && theirs) {
      const detail = `${named(one)} and ${theirs.problemId} of the evaluation set: ${why}`;
      add({ kind: 'contamination', id: one.problemId, detail, drops: one.ids });
    }
  }
  for (const { first, second, why } of overlaps) {
    const [one, other] = [problems[first], problems[second]];
    if (one && other && !gone.has(one.problemId) && !gone.has(other.problemId)) add(pairFinding(one, other, why));
  }
  return findings;
};

/** Source problems in two splits: their rows in the split that is dearer stay. */
export const splitConflictFindings = (tasks: readonly Task[]): Finding[] => {
  const byProblem = new Map<string, Task[]>();
  for (const task of tasks) byProblem.set(task.problemId, [...(byProblem.get(task.problemId) ?? []), task]);
  return [...byProblem].flatMap(([problemId, rows]): Finding[] => {
    const ranks = rows.map(({ split }) => rankOf({ split }));
    const best = Math.max(...ranks);
    const drops = rows.filter((_, at) => ranks[at] !== best).map(({ id }) => id);
    if (drops.length === 0) return [];
    const splits = [...new Set(rows.map(({ split }) => split ?? 'none'))].join(' and ');
    return [{ kind: 'split-conflict', id: problemId, detail: `stands in ${splits}`, drops }];
  });
};

/** Rows with the same program under judgement and the same task around it; the first stays. */
export const duplicateFindings = (rows: readonly { id: string; key: string }[]): Finding[] => {
  const firsts = new Map<string, string>();
  return rows.flatMap(({ id, key }): Finding[] => {
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, id);
      return [];
    }
    return [{ kind: 'duplicate', id, detail: `the same as ${first} but for layout and comments`, drops: [id] }];
  });
};
