import { join } from 'node:path';
import OpenAI from 'openai';
import type { ModelHost, ObjectStore } from '../../activities/ports.js';
import type { ModelConfig } from '../../contract/config.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { modelDigest } from '../../core/hash/model-digest.js';
import { materialiseTree } from '../store/materialise-tree.js';
import { kindOfStatus, modelFailure, waitAsked, wholeText } from './classify.js';
import { hideKey } from './hide-key.js';

type OpenAiModel = Extract<ModelConfig, { kind: 'openai' }>;

/** Adapters are named by what they hold, so a name never stands for two models. */
export const adapterModelName = (tree: Digest): string =>
  `nextune-${tree.slice('sha256:'.length, 'sha256:'.length + 12)}`;

/**
 * A model behind someone else's endpoint: known by name and reported version, wherever it is served. Tuned adapters are loaded by vLLM's
 * runtime LoRA call (`POST /load_lora_adapter`, with VLLM_ALLOW_RUNTIME_LORA_UPDATING=1), from a folder both sides see.
 */
export const createOpenAiHost = (
  config: OpenAiModel,
  { adaptersDir, store, apiKey }: { adaptersDir: string; store: ObjectStore; apiKey: string | undefined },
): ModelHost => {
  const version = once(() => reportedVersion(config, apiKey));
  const baseDigest = async (): Promise<Digest> =>
    digestOfValue({ name: config.name, version: config.version ?? (await version()) });
  return {
    base: async () => ({ model: config.name, digest: await baseDigest() }),
    async deploy({ tree }) {
      const model = adapterModelName(tree);
      const dir = join(adaptersDir, model);
      await materialiseTree(store, tree, dir);
      await loadAdapter(config.baseUrl, { lora_name: model, lora_path: dir }, apiKey);
      return { model, digest: modelDigest(await baseDigest(), tree) };
    },
  };
};

/** Keeps the first success; a failure is tried again. */
const once = <Value>(find: () => Promise<Value>): (() => Promise<Value>) => {
  let found: Promise<Value> | undefined;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
};

/** What a hosted name stands for today, as its answer says: `gpt-4o` answers as `gpt-4o-2024-08-06`, for one paid token. */
const reportedVersion = async (
  { baseUrl, name, timeoutMs }: OpenAiModel,
  apiKey: string | undefined,
): Promise<string> => {
  const api = new OpenAI({ baseURL: baseUrl, apiKey: apiKey ?? 'none', maxRetries: 0, timeout: timeoutMs });
  const messages = [{ role: 'user' as const, content: 'Say yes.' }];
  const answer = await api.chat.completions.create({ model: name, messages, max_tokens: 1 }).catch((error: unknown) => {
    throw modelFailure(error, `${baseUrl} (model ${name})`, apiKey);
  });
  // A page of a gateway in trouble, say: taken for an answer it would give the model, and all it is paid for, another name.
  if (!Array.isArray(answer?.choices))
    throw new NextuneFailure('modelProtocol', `${baseUrl} (model ${name}) sent something that is no answer`);
  return typeof answer.model === 'string' ? answer.model : name;
};

const loadAdapter = async (
  baseUrl: string,
  body: { lora_name: string; lora_path: string },
  apiKey: string | undefined,
): Promise<void> => {
  const url = `${baseUrl.replace(/\/+$/, '')}/load_lora_adapter`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(120_000),
  }).catch((cause: unknown) => {
    throw new NextuneFailure('modelUnavailable', `${url} does not answer: is the model server up?`, { cause });
  });
  const text = await wholeText(url, response);
  if (response.ok || text.includes('already been loaded')) return;
  // Of an address for adapters, not of one: there is no such call.
  const kind = response.status === 404 ? 'modelRefused' : kindOfStatus(response.status);
  const said = `${url} answered ${response.status} to loading ${body.lora_name}: ${text}`;
  throw hideKey(new NextuneFailure(kind, said.slice(0, 600), waitAsked(response.headers)), apiKey);
};
