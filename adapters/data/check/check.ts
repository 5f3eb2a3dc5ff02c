import type { Work } from '../../../activities/ports.js';
import type { Task } from '../../../contract/task.js';
import { inBatches } from '../../../core/data/batches.js';
import { type Finding, sortedFindings } from '../../../core/data/check/finding.js';
import type { Journal } from '../journal.js';
import { Turns } from '../turns.js';
import { type CompareDeps, compareRows } from './compare-rows.js';
import { type Group, groupsOf } from './group.js';
import { judgeBugs, judgeReferences } from './judge.js';
import { type WeakTestsDeps, weakTests } from './weak-tests.js';

export interface CheckDeps extends CompareDeps, Omit<WeakTestsDeps, 'seed'> {
  /** Findings by group of rows, from an earlier run and for a next one. */
  journal: Pick<Journal, 'earlier' | 'append'>;
}

export interface CheckPlan {
  seed: string;
  /** Whether bugs in the references are tried against the tests: the dearest part. */
  mutants: boolean;
}

/** Source problems checked, of how many; `resumed` of them by an earlier run. */
export interface CheckProgress {
  done: number;
  total: number;
  resumed: number;
  findings: number;
}

/** Groups judged together: work for all of the sandbox's workers. Two such batches overlap, so that none waits for the slowest. */
const groupsAtOnce = 24;
const batchesAtOnce = 2;

/** What running a batch's programs finds. */
const runBatch = async (
  groups: readonly Group[],
  { seed, mutants }: CheckPlan,
  deps: CheckDeps,
): Promise<Finding[]> => {
  const { sound, findings } = await judgeReferences(groups, deps);
  const readable = groups.filter(
    ({ tasks }) => !findings.some(({ kind, drops }) => kind === 'unjudgeable' && drops.includes(tasks[0]?.id ?? '')),
  );
  findings.push(...(await judgeBugs(readable, deps)));
  if (mutants) findings.push(...(await weakTests(sound, { ...deps, seed })));
  return findings;
};

const findingsFor = (group: Group, findings: readonly Finding[]): Finding[] => {
  const ids = new Set(group.tasks.map(({ id }) => id));
  return findings.filter(({ drops }) => drops.some((id) => ids.has(id)));
};

/** Everything that `data check` finds wrong with tasks or problems, alone and beside an evaluation set. */
export const checkTasks = async (
  { tasks, evaluation, plan }: { tasks: readonly Task[]; evaluation: readonly Task[]; plan: CheckPlan },
  { signal, onProgress, ...deps }: CheckDeps & Work<CheckProgress>,
): Promise<Finding[]> => {
  const groups = groupsOf(tasks);
  const found = new Map<string, Finding[]>();
  for (const { key } of groups) {
    const earlier = deps.journal.earlier.get(key);
    if (earlier) found.set(key, earlier as Finding[]);
  }
  const resumed = found.size;
  const turns = new Turns(batchesAtOnce);
  const tell = (): void => {
    const findings = [...found.values()].reduce((sum, list) => sum + list.length, 0);
    onProgress?.({ done: found.size, total: groups.length, resumed, findings });
  };
  const work = inBatches(
    groups.filter(({ key }) => !found.has(key)),
    groupsAtOnce,
  ).map((batch) =>
    turns.take(async () => {
      signal?.throwIfAborted();
      const findings = await runBatch(batch, plan, deps);
      // What was stopped in the middle says nothing about these rows.
      signal?.throwIfAborted();
      for (const group of batch) {
        found.set(group.key, findingsFor(group, findings));
        await deps.journal.append(group.key, found.get(group.key));
      }
      tell();
    }),
  );
  const settled = await Promise.allSettled(work);
  for (const result of settled) if (result.status === 'rejected') throw result.reason;
  const compared = await compareRows(tasks, evaluation, deps);
  return sortedFindings([...groups.flatMap(({ key }) => found.get(key) ?? []), ...compared]);
};
