import { z } from 'zod';

/** A candidate as anyone may hand it in: a completion (rationale and a fenced program) or a bare program. */
export const sampleSchema = z.union(
  [
    z.looseObject({ taskId: z.string(), index: z.int().nonnegative(), completion: z.string() }),
    z.looseObject({ taskId: z.string(), index: z.int().nonnegative(), program: z.string() }),
  ],
  { error: 'a sample has taskId (text), index (0 or more) and completion or program (text)' },
);
export type Sample = z.infer<typeof sampleSchema>;
