import { join } from 'node:path';
import { z } from 'zod';
import { pythonEnv, resourcePath } from '../paths.js';
import { childEnvironment } from '../trainer/environment.js';

export const embeddedModelName = 'smollm2-135m-instruct';

/** Where the base's weights lie in Hugging Face's layout; the engine writes them on its first start. */
export const embeddedModelDir = (stateDir: string): string => join(stateDir, 'models', embeddedModelName);

/** Where the engine looks for adapters: one folder for each, named as requests name it. */
export const embeddedAdaptersDir = (stateDir: string): string => join(stateDir, 'adapters');

export interface EngineCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/**
 * Starts the engine on 127.0.0.1. It ends with SIGTERM, and when its standard input ends: give it a pipe that its parent
 * holds open. It answers once the model is loaded, and then prints `{"listening": URL}`.
 */
export const embeddedEngineCommand = (options: { stateDir: string; port: number; threads: number }): EngineCommand => {
  const { stateDir, port, threads } = options;
  const env = childEnvironment({ pythonPath: resourcePath('python'), stateDir, threads });
  return {
    command: pythonEnv(),
    args: [
      ...['-m', 'nextune_model.server', '--until-stdin-closes'],
      ...['--base', embeddedModelDir(stateDir), '--adapters', embeddedAdaptersDir(stateDir)],
      ...['--port', `${port}`, '--threads', `${threads}`],
    ],
    env: Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)),
  };
};

/** What the engine says of itself. `rate` is tokens a second while it worked, null before it did. */
export const engineHealthSchema = z.object({
  ready: z.literal(true),
  model: z.string(),
  digest: z.string(),
  rate: z.number().nullable(),
  totalTokens: z.int(),
  device: z.string(),
  precision: z.enum(['bf16', 'fp32']),
  threads: z.int(),
  waiting: z.int(),
  running: z.int(),
});
export type EngineHealth = z.infer<typeof engineHealthSchema>;

/** The engine behind an OpenAI base URL (`http://127.0.0.1:PORT/v1`); undefined while none answers there. */
export const engineHealth = async (baseUrl: string, timeoutMs = 5000): Promise<EngineHealth | undefined> => {
  try {
    const response = await fetch(new URL('/health', baseUrl), { signal: AbortSignal.timeout(timeoutMs) });
    return engineHealthSchema.parse(await response.json());
  } catch {
    return undefined;
  }
};
