import { z } from 'zod';
import { traceFormatSchema } from './config.js';
import { rowsRefSchema } from './digest.js';
import { evaluationScoreSchema, scoredModelSchema } from './manifest.js';

const summarySchema = evaluationScoreSchema.omit({ score: true });

/**
 * One way of asking: format, temperature, samples a task; for a proxy, what it was shown of the rationales. `score` counts
 * visible and hidden tests, `visible` the visible ones alone.
 */
export const evaluationArmSchema = z.object({
  name: z.string(),
  format: traceFormatSchema,
  n: z.int().positive(),
  model: scoredModelSchema,
  samples: z.array(rowsRefSchema),
  verdicts: z.array(rowsRefSchema),
  score: summarySchema,
  visible: summarySchema,
  completionTokens: z.int().nonnegative(),
  /** Of all requests, as the endpoint counted them; several answers of one request share its prompt. */
  promptTokens: z.int().nonnegative().optional(),
  faithfulness: z
    .object({
      rationales: z.number(),
      claims: z.object({ supported: z.number(), contradicted: z.number(), notCheckable: z.number() }),
      byRationale: z.object({ supported: z.number(), contradicted: z.number(), unchecked: z.number() }),
    })
    .optional(),
});
export type EvaluationArm = z.infer<typeof evaluationArmSchema>;

/** What `nextune eval` leaves: digests of all rows, and the scores computed from them. */
export const evaluationFileSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  spec: z.string(),
  problems: z.object({ tasks: rowsRefSchema, traces: rowsRefSchema }),
  arms: z.array(evaluationArmSchema),
});
export type EvaluationFile = z.infer<typeof evaluationFileSchema>;
