import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type SealingConfig, sealingConfigSchema } from '../../contract/config.js';
import { NextuneFailure } from '../../contract/failures.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { writeDurably } from '../store/write-durably.js';
import { keysDir } from './seal-key.js';

const settingsPath = (stateDir: string): string => join(keysDir(stateDir), 'sealing.json');

/**
 * Keeps how this state folder seals, from its configuration. Workers read it here and not from a campaign's input, so
 * that who may start a workflow can't have a worker run a command.
 */
export const rememberSealing = async (stateDir: string, sealing: SealingConfig, configDir: string): Promise<void> => {
  const { publicKey } = sealing;
  const settings = { ...sealing, ...(publicKey !== undefined && { publicKey: resolve(configDir, publicKey) }) };
  await writeDurably(settingsPath(stateDir), `${canonicalJson(settings)}\n`);
};

/** How this state folder seals: with its own key and no anchor, where nothing was configured. */
export const readSealing = async (stateDir: string): Promise<SealingConfig> => {
  const path = settingsPath(stateDir);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    return sealingConfigSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NextuneFailure('sealingFailed', `${path} is no sealing configuration: delete it and run again`, {
      cause,
    });
  }
};

export const commandDir = (stateDir: string): string => dirname(keysDir(stateDir));
