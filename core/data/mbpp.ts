import { z } from 'zod';
import type { SplitName, Task } from '../../contract/task.js';

/** The sanitized set says `prompt` for `text`. */
const withText = (row: unknown): unknown =>
  typeof row === 'object' && row !== null && 'prompt' in row && !('text' in row) ? { text: row.prompt, ...row } : row;

/** `Mbpp/2` and `"2"` are other writers' forms of 2. */
const numberedId = (id: unknown): unknown =>
  typeof id === 'string' && /^(mbpp\/)?\d{1,9}$/i.test(id) ? Number(id.replace(/^mbpp\//i, '')) : id;

const orEmpty =
  <Empty>(empty: Empty) =>
  (value: unknown): unknown =>
    value ?? empty;

/**
 * A row of Google's mbpp.jsonl (Austin et al., 2021), or of its sanitized set, with `prompt` and `test_imports`. `code` has
 * CRLF line ends and often tabs. What a row has none of may be missing or null.
 */
export const mbppRowSchema = z.preprocess(
  withText,
  z.looseObject({
    text: z.string(),
    code: z.string(),
    task_id: z.preprocess(numberedId, z.int().positive()),
    test_setup_code: z.preprocess(orEmpty(''), z.string()),
    test_imports: z.preprocess(orEmpty([]), z.array(z.string())),
    test_list: z.array(z.string()).min(1),
    challenge_test_list: z.preprocess(orEmpty([]), z.array(z.string())),
  }),
);
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
  const setup = withUnixLineEnds([...row.test_imports, row.test_setup_code].filter((part) => part.trim()).join('\n'));
  return {
    id: `mbpp/${row.task_id}`,
    intent: withUnixLineEnds(row.text).trim(),
    entryPoint: read.entryPoint,
    ...(setup && { setup }),
    tests: row.test_list.map(withUnixLineEnds),
    ...(row.challenge_test_list.length > 0 && { hiddenTests: row.challenge_test_list.map(withUnixLineEnds) }),
    reference: read.program,
    problemId: `mbpp/${row.task_id}`,
    source: { dataset: 'mbpp', license: 'CC-BY-4.0' },
    ...(split && { split }),
  };
};
