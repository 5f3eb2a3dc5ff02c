import type { Deps } from '../../activities/deps.js';
import type { EvaluationFile } from '../../contract/evaluation.js';
import { comparePassAtK } from '../../core/statistics/compare.js';
import { tasksOf } from '../evaluate/arms.js';
import { openJudgedSet } from '../evaluate/judged-set.js';
import { comparisonLines } from './comparison.js';
import { evaluationTable, evaluationWarnings, faithfulnessTable } from './evaluation-table.js';
import { print } from './output.js';

interface Place {
  deps: Pick<Deps, 'store'>;
  stateDir: string;
  /** Of the paired test's permutations. */
  seed: string;
}

/** What an evaluation found: scores, what the rationales say of values, and what traces are worth. */
export const printEvaluation = async (file: EvaluationFile, place: Place): Promise<void> => {
  const tasks = await tasksOf(place.deps, file.problems.tasks);
  const problems = new Set(tasks.map(({ problemId }) => problemId)).size;
  print(
    `\n${file.spec} on ${tasks.length} tasks of ${problems} problems; percent with 95 % intervals clustered by problem`,
  );
  for (const line of evaluationTable(file)) print(`  ${line}`);
  for (const warning of evaluationWarnings(file, problems)) print(`  warning: ${warning}`);
  print('\nRationales, what they say of values checked against trace and tests');
  for (const line of faithfulnessTable(file)) print(`  ${line}`);
  await printTraceGain(file, place);
  print(`\nkept as ${file.id}: npx nextune compare ${file.id} OTHER`);
};

/** With traces against without them, paired, where both were asked. */
const printTraceGain = async (file: EvaluationFile, { stateDir, seed }: Place): Promise<void> => {
  const without = file.arms.find(({ name }) => name === 'without trace');
  const first = file.arms[0];
  if (!without || !first || without === first) return;
  const of = (arm: string) => openJudgedSet(file.id, { stateDir, on: 'dev', arm });
  const [a, b] = [await of(without.name), await of(first.name)];
  print(`\n${first.name} against ${without.name}, the same tasks`);
  const compared = comparePassAtK({ a: a.tallies, b: b.tallies }, 1, seed);
  for (const line of comparisonLines([compared])) print(`  ${line}`);
};
