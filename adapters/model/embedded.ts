import { join } from 'node:path';
import type { ModelHost, ObjectStore } from '../../activities/ports.js';
import { NextuneFailure } from '../../contract/failures.js';
import { modelDigest } from '../../core/hash/model-digest.js';
import { materialiseTree } from '../store/materialise-tree.js';
import { type EngineHealth, embeddedAdaptersDir, engineHealth } from './embedded-engine.js';
import { adapterModelName } from './openai-host.js';

const servedBase = async (baseUrl: string): Promise<EngineHealth> => {
  const health = await engineHealth(baseUrl);
  if (health) return health;
  throw new NextuneFailure(
    'modelUnavailable',
    `the embedded engine at ${baseUrl} does not answer: nextune up starts it, and its log says why it ended`,
  );
};

/** The embedded engine on this machine. It loads an adapter from the state folder when a request first names it. */
export const createEmbeddedHost = (options: { stateDir: string; baseUrl: string; store: ObjectStore }): ModelHost => {
  const { stateDir, baseUrl, store } = options;
  return {
    async base() {
      const { model, digest } = await servedBase(baseUrl);
      return { model, digest };
    },
    async deploy({ tree }) {
      const { digest } = await servedBase(baseUrl);
      const model = adapterModelName(tree);
      await materialiseTree(store, tree, join(embeddedAdaptersDir(stateDir), model));
      return { model, digest: modelDigest(digest, tree) };
    },
  };
};
