import { z } from 'zod';

export const splitNameSchema = z.enum(['train', 'dev', 'test', 'fewshot']);
export type SplitName = z.infer<typeof splitNameSchema>;

/**
 * One repair task (with `buggy`) or one problem (without). `buggy`, `reference` and every fix are whole programs.
 * `setup` runs after the program and before each test. A test is one assert, or a short block that holds asserts.
 * `tests` are shown in the prompt; `hiddenTests` are not, and a fix passes only if both pass. Unknown keys are kept.
 */
export const taskSchema = z.looseObject({
  id: z.string().min(1),
  intent: z.string(),
  buggy: z.string().optional(),
  entryPoint: z.string().min(1),
  setup: z.string().optional(),
  tests: z.array(z.string()).min(1),
  hiddenTests: z.array(z.string()).optional(),
  reference: z.string().optional(),
  cpuLimitMs: z.int().positive().optional(),
  problemId: z.string().min(1),
  source: z.looseObject({ dataset: z.string(), license: z.string() }),
  split: splitNameSchema.optional(),
});
export type Task = z.infer<typeof taskSchema>;

/** A task that can be repaired: `run` takes only these, and names `data build` for the others. */
export type RepairTask = Task & { buggy: string };
export const isRepairTask = (task: Task): task is RepairTask => task.buggy !== undefined;
