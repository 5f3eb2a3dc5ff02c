import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { Deps } from '../../activities/deps.js';
import { loadConfig } from '../../adapters/config/load.js';
import {
  type CampaignConfig,
  campaignConfigSchema,
  type ModelConfig,
  modelConfigSchema,
} from '../../contract/config.js';
import type { Digest } from '../../contract/digest.js';
import { InputError } from '../../contract/failures.js';
import type { ModelRef } from '../../contract/steps.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { findCampaign } from '../campaign-folder.js';
import { type CampaignReader, openCampaignReader, type SealedRound } from '../campaign-reader.js';

/** A model that can be asked, and what is known of how it was made. */
export interface ModelSpec {
  /** As a person named it. */
  name: string;
  modelConfig: ModelConfig;
  /** Tree digest of the tuned adapter; absent for a base. */
  adapter?: Digest | undefined;
  /** The campaign's settings where it is one's model: it is asked as it was trained. */
  config?: CampaignConfig | undefined;
  /** Tasks of the problems its campaign's training set holds. */
  trained: Task[];
}

/**
 * `embedded`, a YAML file (a campaign's configuration or its `model` part alone), or `CAMPAIGN@base`, `@best` or `@N`, a
 * campaign's round; `CAMPAIGN` alone is its best.
 * @throws InputError that says what was expected
 */
export const resolveModel = async (spec: string, stateDir: string): Promise<ModelSpec> => {
  if (spec === 'embedded')
    return { name: spec, modelConfig: modelConfigSchema.parse({ kind: 'embedded' }), trained: [] };
  return /\.ya?ml$/.test(spec) ? await modelOfFile(spec) : await modelOfCampaign(spec, stateDir);
};

/**
 * The model that tries rationales: the one that is named, else the `evaluation.proxy` of the evaluated model's campaign; none where
 * `false` says so. @throws InputError as resolveModel
 */
export const resolveProxy = async (
  named: string | false | undefined,
  { name, config }: ModelSpec,
  stateDir: string,
): Promise<ModelSpec | undefined> => {
  if (named === false) return undefined;
  if (named !== undefined) return await resolveModel(named, stateDir);
  const modelConfig = config?.evaluation.proxy;
  return modelConfig && { name: `evaluation.proxy of ${name}`, modelConfig, trained: [] };
};

/** @throws InputError where the variable that holds a model's key is not set: its endpoint would refuse the first request */
export const refuseUnsetKey = ({ name, modelConfig }: ModelSpec, environment: NodeJS.ProcessEnv): void => {
  const variable = modelConfig.kind === 'openai' ? modelConfig.apiKeyEnv : undefined;
  if (variable === undefined || environment[variable]) return;
  throw new InputError(`${name}: its key is read from ${variable}, which is not set: export ${variable}=… first`);
};

const modelOfFile = async (path: string): Promise<ModelSpec> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new InputError(`${path}: no such file; MODEL is embedded, a YAML file with a model, or CAMPAIGN@best`, {
      cause,
    });
  });
  const alone = modelConfigSchema.safeParse(parse(text));
  if (alone.success) return { name: path, modelConfig: alone.data, trained: [] };
  const { config } = await loadConfig(path);
  return { name: path, modelConfig: config.model, config, trained: [] };
};

/** The model as requests name it; a tuned one is placed where its endpoint finds it. */
export const deployModel = async (
  deps: Pick<Deps, 'model'>,
  { modelConfig, adapter }: ModelSpec,
): Promise<ModelRef> => {
  const { host } = deps.model(modelConfig);
  if (adapter === undefined) return { ...(await host.base()), tuned: false };
  return { ...(await host.deploy({ tree: adapter })), tuned: true, adapter };
};

/** The sealed round that `@base`, `@best` or `@N` means. */
export const roundOfSpec = (sealed: readonly SealedRound[], which: string): number => {
  if (which === 'base') return 0;
  if (/^(round-)?\d+$/.test(which)) return Number(which.replace('round-', ''));
  const ended = sealed.find(({ entry }) => entry.kind === 'campaign')?.manifest.content.best;
  if (which !== 'best') throw new InputError(`@${which} is no round: use @base, @best, or @1, @2, …`);
  if (ended !== undefined) return ended;
  const scored = sealed.flatMap(({ entry, manifest }) => {
    const first = manifest.content.evaluations[0]?.score.passAtK.find(({ k }) => k === 1);
    return first && 'mean' in first ? [{ round: entry.round, mean: first.mean }] : [];
  });
  return scored.reduce((best, one) => (one.mean > best.mean ? one : best), { round: 0, mean: -1 }).round;
};

/** `ID@which`, in its parts; without `@` the best. */
export const splitSpec = (spec: string): { campaign: string; which: string } => {
  const at = spec.lastIndexOf('@');
  return at < 0 ? { campaign: spec, which: 'best' } : { campaign: spec.slice(0, at), which: spec.slice(at + 1) };
};

const modelOfCampaign = async (spec: string, stateDir: string): Promise<ModelSpec> => {
  const { campaign: wanted, which } = splitSpec(spec);
  const { campaign } = await findCampaign(stateDir, wanted);
  const reader = openCampaignReader(stateDir);
  const sealed = await reader.sealed(campaign);
  const configuration = sealed[0]?.manifest.content.configuration;
  if (configuration === undefined) throw new InputError(`campaign ${campaign} has sealed nothing yet`);
  const config = campaignConfigSchema.parse(JSON.parse(String(await reader.store.get(configuration))));
  const round = roundOfSpec(sealed, which);
  const produced = sealed.find(({ entry }) => entry.kind === 'round' && entry.round === round)?.manifest.content
    .produced;
  if (round > 0 && !produced) throw new InputError(`campaign ${campaign} has no model of round ${round}`);
  const name = `${campaign}@${round === 0 ? 'base' : round}`;
  const trained = round === 0 ? [] : await trainedTasks(reader, sealed, round);
  return { name, modelConfig: config.model, adapter: produced?.adapter, config, trained };
};

/** All problems that the rounds up to this one could draw their training samples from. */
const trainedTasks = async (reader: CampaignReader, sealed: readonly SealedRound[], round: number): Promise<Task[]> => {
  const refs = sealed
    .filter(({ entry }) => entry.kind === 'round' && entry.round <= round)
    .flatMap(({ manifest }) => (manifest.content.problems ? [manifest.content.problems.tasks] : []));
  const distinct = [...new Map(refs.map((ref) => [ref.digest, ref])).values()];
  return (await Promise.all(distinct.map((ref) => reader.rows(ref, taskSchema)))).flat();
};
