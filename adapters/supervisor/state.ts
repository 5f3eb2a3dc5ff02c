import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { processIdentitySchema } from './process-identity.js';

export const componentNameSchema = z.enum(['temporal', 'engine', 'worker']);
export type ComponentName = z.infer<typeof componentNameSchema>;

/** `waiting` is between a failure and the next start; `failed` means given up, until the next `up` asks again. */
export const componentStateSchema = z.enum(['starting', 'ready', 'waiting', 'failed', 'stopped']);
export type ComponentState = z.infer<typeof componentStateSchema>;

export const componentStatusSchema = z.object({
  name: componentNameSchema,
  state: componentStateSchema,
  process: processIdentitySchema.nullable(),
  restarts: z.int().nonnegative(),
  /** How long the latest start took; null until it is ready. */
  readyAfterMs: z.number().nullable(),
  /** When it was first ready since its supervisor started, as ISO 8601; null until then, absent in an older supervisor's account. */
  firstReadyAt: z.string().nullable().optional(),
  /** Why it last ended, or why it was given up. */
  reason: z.string().nullable(),
  logPath: z.string(),
});
export type ComponentStatus = z.infer<typeof componentStatusSchema>;

export const portsSchema = z.object({
  grpc: z.int(),
  ui: z.int(),
  http: z.int(),
  metrics: z.int(),
  engine: z.int(),
});
export type Ports = z.infer<typeof portsSchema>;

/** What `up` asks of the supervisor. A configured address means that no server is started. */
export const wantedSchema = z.object({
  /** Names this request, so that who made it knows that the supervisor's state answers it. */
  request: z.string(),
  components: z.array(componentNameSchema),
  temporalAddress: z.string().nullable(),
});
export type Wanted = z.infer<typeof wantedSchema>;

/** The supervisor's own account of itself, rewritten at each change: `<stateDir>/run/supervisor.json`. */
export const supervisorStateSchema = z.object({
  version: z.literal(1),
  supervisor: processIdentitySchema,
  startedAt: z.string(),
  wanted: wantedSchema,
  ports: portsSchema,
  components: z.array(componentStatusSchema),
});
export type SupervisorState = z.infer<typeof supervisorStateSchema>;

export const runFile = (stateDir: string, name: string): string => join(stateDir, 'run', name);
export const logFile = (stateDir: string, name: string): string => join(stateDir, 'logs', `${name}.log`);

/** Whole or not at all for a reader; nothing here has to survive a power cut. */
export const writeRunFile = (stateDir: string, name: string, value: unknown): void => {
  const path = runFile(stateDir, name);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
};

/** Undefined when the file is not there or not what it should be: its writer was cut off, so there is nothing to go by. */
export const readRunFile = <T>(stateDir: string, name: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(runFile(stateDir, name), 'utf8')));
  } catch {
    return undefined;
  }
};

export const removeRunFile = (stateDir: string, name: string): void => rmSync(runFile(stateDir, name), { force: true });
