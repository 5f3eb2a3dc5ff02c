import type { Readable } from 'node:stream';
import { z } from 'zod';
import { skippedVisitsSchema, taskTraceSchema, traceEventSchema, truncationSchema } from '../../contract/trace.js';

/** A job for the tracer's zygote (python/nextune_trace/zygote.py): a line of JSON. */
export interface TraceJob {
  program: string;
  setup: string | null;
  tests: readonly string[];
  entryPoint: string;
  /** How many failing tests are traced: the first ones. */
  failures: number;
  /** Steps of the run's start that are kept whole, and the cap on all. */
  firstSteps: number;
  stepsCap: number;
  cpuMs: number;
  memoryBytes: number;
}

const headSchema = z.object({
  testIndex: z.int().nonnegative(),
  how: z.enum(['exited', 'cpu', 'wall', 'output', 'killed']),
  status: z.int(),
  bytes: z.int().nonnegative(),
  /** Whether it is the last answer to its job. */
  last: z.boolean(),
  /** How the test ended in the plain run, as JSON; empty when that never ended. It too is the child's own word. */
  ending: z.string().max(20_000),
});
export type TraceHead = z.infer<typeof headSchema>;

/** The zygote's answer: how the traced run ended, and the lines its process wrote, which nobody has looked at yet. */
export interface TraceAnswer {
  head: TraceHead;
  lines: string[];
}

export const endingSchema = z.object({
  exception: taskTraceSchema.shape.exception,
  exceptionLine: taskTraceSchema.shape.exceptionLine,
  returned: taskTraceSchema.shape.returned,
});

const endSchema = endingSchema.extend({
  steps: z.int().nonnegative(),
  truncated: truncationSchema.extract(['events', 'recursion', 'memory']).nullable(),
  skipped: z.array(z.tuple([skippedVisitsSchema.shape.unit, z.int().positive(), z.int().positive()])),
});

/** What a traced process may say on a line. It shares its process with the program, so every line is checked. */
export const traceLineSchema = z.union([
  traceEventSchema,
  z.object({ capped: endSchema.shape.skipped }),
  z.object({ end: endSchema }),
  z.object({ refused: z.string().max(300) }),
]);
export type TraceLine = z.infer<typeof traceLineSchema>;

/** Reads answers one after the other from a zygote's stdout; ends where the stream does. */
export async function* readAnswers(stdout: Readable): AsyncGenerator<TraceAnswer> {
  let buffer = Buffer.alloc(0);
  let head: TraceHead | undefined;
  for await (const chunk of stdout) {
    buffer = Buffer.concat([buffer, chunk as Buffer]);
    for (;;) {
      if (head === undefined) {
        const newline = buffer.indexOf(0x0a);
        if (newline < 0) break;
        head = headSchema.parse(JSON.parse(buffer.toString('utf8', 0, newline)));
        buffer = buffer.subarray(newline + 1);
      }
      if (buffer.length < head.bytes) break;
      const lines = buffer.toString('utf8', 0, head.bytes).split('\n');
      buffer = buffer.subarray(head.bytes);
      // What follows the last line break is a line that the process did not live to end.
      yield { head, lines: lines.slice(0, -1) };
      head = undefined;
    }
  }
}
