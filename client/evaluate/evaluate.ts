import { join } from 'node:path';
import type { Deps } from '../../activities/deps.js';
import { putRows } from '../../activities/rows.js';
import { trace } from '../../activities/trace.js';
import { readTasks } from '../../adapters/data/rows.js';
import { resourcePath } from '../../adapters/paths.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { type CampaignConfig, campaignConfigSchema } from '../../contract/config.js';
import type { EvaluationArm, EvaluationFile } from '../../contract/evaluation.js';
import { InputError } from '../../contract/failures.js';
import type { ModelRef, TracedTasks } from '../../contract/steps.js';
import { isRepairTask, type SplitName, type Task } from '../../contract/task.js';
import { contaminationText, findContamination } from '../../core/contamination.js';
import { proxyConditions } from '../../core/evaluation/proxy.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { drawTasks } from '../../core/plan/draw.js';
import { type ArmRequest, type EvaluationSetting, runArm } from './arms.js';
import { deployModel, type ModelSpec } from './model-spec.js';
import { runProxyArm } from './proxy.js';

export interface EvaluateRequest {
  model: ModelSpec;
  proxy?: ModelSpec | undefined;
  tasksPath: string;
  split?: SplitName | undefined;
  size?: number | undefined;
  perProblem?: number | undefined;
  seed: string;
  k: number[];
  samples: number;
  traces: 'both' | 'with' | 'without';
  greedy: boolean;
  /** What a person set on the command line; the rest is the campaign's, or the defaults. */
  sampling: Partial<CampaignConfig['sampling']>;
  /** Problems that may be in the training set and scored all the same. */
  allowTrained: string[];
}

type Watching = Pick<EvaluationSetting, 'signal' | 'onProgress' | 'onRetry'>;

const defaultsOf = ({ config, modelConfig }: ModelSpec): Pick<CampaignConfig, 'sampling' | 'verify'> =>
  config ?? campaignConfigSchema.parse({ data: { tasks: '-' }, model: modelConfig });

/** Reads and checks the tasks. @throws InputError where there is none, or where the model was trained on one */
export const chooseTasks = async (request: EvaluateRequest): Promise<Task[]> => {
  const { tasksPath, split, size, perProblem, seed, model, allowTrained } = request;
  const all = (await readTasks(tasksPath)).filter(isRepairTask);
  const mine = split === undefined ? all.map((task) => ({ ...task, split: 'test' as const })) : all;
  const tasks = drawTasks(mine, split ?? 'test', { size, perProblem }, seed);
  if (tasks.length === 0)
    throw new InputError(`${tasksPath}: no repair task${split ? ` in split ${split}` : ''} to evaluate on`);
  if (request.proxy && new Set(tasks.map(({ problemId }) => problemId)).size < 2)
    throw new InputError(
      `${tasksPath}: a proxy model needs tasks of two problems: its floor is a rationale of another one (--no-proxy leaves it out)`,
    );
  const found = findContamination(model.trained, tasks, new Set(allowTrained));
  if (found.length > 0) {
    throw new InputError(
      `${model.name}: ${contaminationText(found)}. Use --split dev or test, or name each that may be scored all the ` +
        'same with --allow-trained PROBLEM',
    );
  }
  return tasks;
};

const traced = async (deps: Deps, tasks: readonly Task[], signal: AbortSignal): Promise<TracedTasks> => {
  const ref = await putRows(deps.store, tasks);
  return { tasks: ref, traces: await trace(deps, { tasks: ref, range: { from: 0, to: ref.rows } }, { signal }) };
};

const armsOf = (request: EvaluateRequest, model: ModelRef): ArmRequest[] => {
  const { sampling: defaults } = defaultsOf(request.model);
  const sampling = { ...defaults, ...request.sampling };
  const withTrace = sampling.traceFormat === 'none' ? 'inline' : sampling.traceFormat;
  const formats = { both: [withTrace, 'none'] as const, with: [withTrace], without: ['none'] as const }[request.traces];
  const common = { model, modelConfig: request.model.modelConfig };
  return formats.flatMap((format): ArmRequest[] => {
    const name = format === 'none' ? 'without trace' : `${format} trace`;
    const drawn = { ...common, name, format, n: request.samples, sampling };
    const greedy = { ...drawn, name: `${name}, greedy`, n: 1, sampling: { ...sampling, temperature: 0, topP: 1 } };
    return request.greedy ? [drawn, greedy] : [drawn];
  });
};

/**
 * Scores a model on tasks and keeps the result under `evaluations/`. It runs in this process, without a Temporal server:
 * what costs is in the ledger answer by answer, so the same command after an interruption asks only for what is missing.
 */
export const evaluateModel = async (
  deps: Deps,
  stateDir: string,
  request: EvaluateRequest,
  watching: Watching,
): Promise<EvaluationFile> => {
  const tasks = await chooseTasks(request);
  const { verify: limits } = defaultsOf(request.model);
  const setting: EvaluationSetting = {
    deps,
    tasks,
    problems: await traced(deps, tasks, watching.signal),
    shots: await traced(deps, await readTasks(resourcePath('starter', 'shots.jsonl')), watching.signal),
    seed: request.seed,
    k: request.k,
    limits,
    ...watching,
  };
  const arms: EvaluationArm[] = [];
  for (const arm of armsOf(request, await deployModel(deps, request.model))) arms.push(await runArm(setting, arm));
  const first = arms[0];
  if (request.proxy && first) {
    const { proxy } = request;
    const sampling = { ...defaultsOf(proxy).sampling, ...request.sampling };
    const asked = { model: await deployModel(deps, proxy), modelConfig: proxy.modelConfig, sampling };
    for (const condition of proxyConditions)
      arms.push(await runProxyArm(setting, { of: first, condition, proxy: asked }));
  }
  const content = { version: 1 as const, spec: request.model.name, problems: setting.problems, arms };
  const id = `eval-${digestOfValue(content).slice('sha256:'.length, 'sha256:'.length + 10)}`;
  const file: EvaluationFile = { ...content, id };
  await writeDurably(join(stateDir, 'evaluations', `${id}.json`), `${JSON.stringify(file, null, 2)}\n`);
  return file;
};
