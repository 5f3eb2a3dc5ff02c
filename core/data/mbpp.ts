import { z } from 'zod';
import type { SplitName, Task } from '../../contract/task.js';

/** A row of Google's mbpp.jsonl (Austin et al., 2021). `code` has CRLF line ends and often tabs. */
export const mbppRowSchema = z.looseObject({
  text: z.string(),
  code: z.string(),
  task_id: z.int().positive(),
  test_setup_code: z.string().default(''),
  test_list: z.array(z.string()).min(1),
  challenge_test_list: z.array(z.string()).default([]),
});
export type MbppRow = z.infer<typeof mbppRowSchema>;

const usualSplit: { last: number; split: SplitName }[] = [
  { last: 10, split: 'fewshot' },
  { last: 510, split: 'test' },
  { last: 600, split: 'dev' },
  { last: 974, split: 'train' },
];

/** MBPP's usual split by id; undefined for an id that the data set doesn't have. */
export const mbppSplit = (taskId: number): SplitName | undefined =>
  usualSplit.find(({ last }) => taskId <= last)?.split;

const withUnixLineEnds = (text: string): string => text.replace(/\r\n?/g, '\n');

/**
 * A problem from an MBPP row, with what reading its program found. MBPP's prompt shows all of `test_list`, so these are
 * visible; the rare challenge tests are never shown, so these are hidden.
 */
export const mbppProblem = (row: MbppRow, read: { entryPoint: string; program: string }): Task => {
  const split = mbppSplit(row.task_id);
  return {
    id: `mbpp/${row.task_id}`,
    intent: withUnixLineEnds(row.text).trim(),
    entryPoint: read.entryPoint,
    ...(row.test_setup_code.trim() && { setup: withUnixLineEnds(row.test_setup_code) }),
    tests: row.test_list.map(withUnixLineEnds),
    ...(row.challenge_test_list.length > 0 && { hiddenTests: row.challenge_test_list.map(withUnixLineEnds) }),
    reference: read.program,
    problemId: `mbpp/${row.task_id}`,
    source: { dataset: 'mbpp', license: 'CC-BY-4.0' },
    ...(split && { split }),
  };
};
