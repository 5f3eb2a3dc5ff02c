import { z } from 'zod';
import type { Task } from '../../contract/task.js';

/** A row of HumanEval (Chen et al., 2021). `canonical_solution` is the body that follows `prompt`. */
export const humanEvalRowSchema = z.looseObject({
  task_id: z.string().min(1),
  prompt: z.string(),
  canonical_solution: z.string(),
  test: z.string(),
  entry_point: z.string().min(1),
});
export type HumanEvalRow = z.infer<typeof humanEvalRowSchema>;

/** As many as MBPP's prompts show; HumanEval itself shows the examples of its docstrings. */
export const visibleTests = 3;

export const humanEvalProgram = ({ prompt, canonical_solution }: HumanEvalRow): string =>
  `${prompt}${canonical_solution}`;

/**
 * A problem from a row and what reading its program and `check` function found. The first asserts are visible, the rest
 * hidden. An evaluation set: its split is test.
 */
export const humanEvalProblem = (
  row: HumanEvalRow,
  read: { program: string; intent: string; setup: string; tests: readonly string[] },
): Task => ({
  id: row.task_id,
  intent: read.intent,
  entryPoint: row.entry_point,
  ...(read.setup && { setup: read.setup }),
  tests: read.tests.slice(0, visibleTests),
  ...(read.tests.length > visibleTests && { hiddenTests: read.tests.slice(visibleTests) }),
  reference: read.program,
  problemId: row.task_id,
  source: { dataset: 'humaneval', license: 'MIT' },
  split: 'test',
});
