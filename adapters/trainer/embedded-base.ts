import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { NextuneFailure } from '../../contract/failures.js';
import { pythonEnv, resourcePath } from '../paths.js';
import { childEnvironment } from './environment.js';

const run = promisify(execFile);
const answerSchema = z.object({ dir: z.string() });

/** Makes sure the embedded model lies in Hugging Face layout under the state folder, and returns that folder. */
export const embeddedBaseDir = async (stateDir: string): Promise<string> => {
  const env = childEnvironment({ pythonPath: resourcePath('python'), stateDir, threads: 1 });
  const out = join(stateDir, 'models', 'smollm2-135m-instruct');
  try {
    const { stdout } = await run(pythonEnv(), ['-m', 'nextune_model.base', '--out', out], { env });
    return answerSchema.parse(JSON.parse(stdout)).dir;
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new NextuneFailure(
      'trainerFailed',
      `the embedded model could not be unpacked to ${out}: ${stderr.trim() || String(cause)}\n` +
        'what to do: npm run bootstrap, and see that the disk has 600 MB free',
      { cause },
    );
  }
};
