import { z } from 'zod';
import type { Task } from '../../contract/task.js';
import { visibleTests } from './humaneval.js';

/** A Python row of HumanEvalPack (Muennighoff et al., 2023). The solutions are bodies that follow `declaration`. */
export const humanEvalPackRowSchema = z.looseObject({
  task_id: z.string().regex(/^Python\/\d+$/, 'only Python rows, "Python/N", can be used'),
  declaration: z.string(),
  docstring: z.string().default(''),
  canonical_solution: z.string(),
  buggy_solution: z.string(),
  bug_type: z.string().optional(),
  failure_symptoms: z.string().optional(),
  test: z.string(),
  entry_point: z.string().min(1),
});
export type HumanEvalPackRow = z.infer<typeof humanEvalPackRowSchema>;

/** "Python/N" is HumanEval's "HumanEval/N". */
export const humanEvalIdOf = (row: HumanEvalPackRow): string => row.task_id.replace(/^Python\//, 'HumanEval/');

export interface PackParts {
  reference: string;
  buggy: string;
  setup: string;
  tests: readonly string[];
  /** HumanEvalPlus's, where the join was asked for: HeFix+. */
  plus?: { tests: readonly string[]; setup: string | undefined; cpuLimitMs: number | undefined };
}

/** The repair task: the pack's first asserts are visible; its others, and HumanEvalPlus's, hidden. */
export const humanEvalPackTask = (row: HumanEvalPackRow, { plus, ...parts }: PackParts): Task => {
  const setup = [parts.setup, plus?.setup ?? ''].filter((text) => text !== '').join('\n');
  const hiddenTests = [...parts.tests.slice(visibleTests), ...(plus?.tests ?? [])];
  return {
    id: row.task_id,
    intent: row.docstring.trim(),
    buggy: parts.buggy,
    entryPoint: row.entry_point,
    ...(setup && { setup }),
    tests: parts.tests.slice(0, visibleTests),
    ...(hiddenTests.length > 0 && { hiddenTests: [...new Set(hiddenTests)] }),
    reference: parts.reference,
    ...(plus?.cpuLimitMs !== undefined && { cpuLimitMs: plus.cpuLimitMs }),
    problemId: humanEvalIdOf(row),
    source: { dataset: plus ? 'hefixplus' : 'humanevalpack', license: 'MIT' },
    split: 'test',
    ...(row.bug_type !== undefined && { bugType: row.bug_type }),
    ...(row.failure_symptoms !== undefined && { failureSymptoms: row.failure_symptoms }),
  };
};
