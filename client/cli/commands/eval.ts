import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { pino } from 'pino';
import { createDeps } from '../../../adapters/deps.js';
import { ensureUp } from '../../../adapters/supervisor/up.js';
import { traceFormatSchema } from '../../../contract/config.js';
import type { EvaluationFile } from '../../../contract/evaluation.js';
import { splitNameSchema } from '../../../contract/task.js';
import { type EvaluateRequest, evaluateModel } from '../../evaluate/evaluate.js';
import { refuseUnsetKey, resolveModel, resolveProxy } from '../../evaluate/model-spec.js';
import { evaluationProgress } from '../evaluation-progress.js';
import { printEvaluation } from '../evaluation-summary.js';
import { seedOf, wholeNumber, wholeNumbers } from '../numbers.js';
import { exitStatus, printError, printJson, runAction } from '../output.js';

interface EvalOptions {
  stateDir: string;
  samples: number;
  k: number[];
  split?: EvaluateRequest['split'];
  limit?: number;
  perProblem?: number;
  seed: string;
  traces: EvaluateRequest['traces'];
  format?: (typeof traceFormatSchema.options)[number];
  temperature?: string;
  maxTokens?: number;
  shots?: string;
  greedy: boolean;
  proxy?: string | false;
  allowTrained: string[];
  json?: boolean;
}

const collect = (one: string, earlier: string[]): string[] => [...earlier, one];

export const register = (program: Command): void => {
  program
    .command('eval')
    .description(
      'pass@k of a model with intervals: with and without traces, greedy as well; the same command goes on after ctrl-c',
    )
    .argument('<model>', 'embedded, a YAML file with a model, or a campaign: ID@base, ID@best, ID@2')
    .argument('<tasks>', 'repair tasks (JSON lines)')
    .option('--samples <n>', 'answers a task', wholeNumber, 25)
    .option('-k <numbers>', 'pass@k; a k beyond the samples is not estimated', wholeNumbers, [1, 5, 10, 25])
    .addOption(new Option('--split <name>', 'only tasks of this split').choices(splitNameSchema.options))
    .option('--limit <n>', 'at most so many tasks, drawn by seed', wholeNumber)
    .option('--per-problem <n>', 'at most so many of one source problem', wholeNumber)
    .option('--seed <number>', 'of draws and answers', seedOf, '1')
    .addOption(
      new Option('--traces <which>', 'prompts with a trace, without, or both')
        .choices(['both', 'with', 'without'])
        .default('both'),
    )
    .addOption(
      new Option('--format <format>', 'of the trace; the campaign’s own, or inline').choices(traceFormatSchema.options),
    )
    .option('--temperature <number>', 'the campaign’s own, or 0.8')
    .option('--max-tokens <n>', 'the longest answer', wholeNumber)
    .option('--shots <n>', 'worked examples for a base model')
    .option('--no-greedy', 'leave out the greedy answers')
    .option(
      '--proxy <model>',
      'also let this model fix each bug from the rationale alone, with empty and shuffled ones as floors; ' +
        'without it evaluation.proxy of the campaign, where there is one',
    )
    .option('--no-proxy', 'leave that out')
    .option('--allow-trained <problem>', 'score this problem though it was trained on (repeatable)', collect, [])
    .option('--state-dir <dir>', 'where answers and results are kept', '.nextune')
    .option('--json', 'print the record as JSON')
    .action(runAction(evaluate));
};

const evaluate = async (spec: string, tasksPath: string, options: EvalOptions): Promise<number> => {
  const stateDir = resolve(options.stateDir);
  const model = await resolveModel(spec, stateDir);
  const proxy = await resolveProxy(options.proxy, model, stateDir);
  for (const one of [model, ...(proxy ? [proxy] : [])]) refuseUnsetKey(one, process.env);
  const request: EvaluateRequest = {
    model,
    proxy,
    tasksPath,
    split: options.split,
    size: options.limit,
    perProblem: options.perProblem,
    seed: options.seed,
    k: options.k,
    samples: options.samples,
    traces: options.traces,
    greedy: options.greedy,
    allowTrained: options.allowTrained,
    sampling: {
      ...(options.format && { traceFormat: options.format }),
      ...(options.temperature !== undefined && { temperature: Number(options.temperature) }),
      ...(options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
      ...(options.shots !== undefined && { shots: Number(options.shots) }),
    },
  };
  const needsEngine = [model, proxy].some((one) => one?.modelConfig.kind === 'embedded');
  const engineUrl = needsEngine
    ? (await ensureUp({ stateDir, components: ['engine'], onLine: printError })).engineUrl
    : undefined;
  const file = await inThisProcess({ stateDir, engineUrl, request, json: options.json === true });
  if (options.json) printJson(file);
  return exitStatus.ok;
};

const inThisProcess = async (run: {
  stateDir: string;
  engineUrl: string | undefined;
  request: EvaluateRequest;
  json: boolean;
}): Promise<EvaluationFile> => {
  const { stateDir, engineUrl, request, json } = run;
  const { deps, close } = await createDeps({ stateDir, engineUrl, s3: undefined }, pino({ level: 'silent' }));
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error('stopped: the same command goes on from here'));
  process.once('SIGINT', stop);
  try {
    const file = await evaluateModel(deps, stateDir, request, {
      signal: controller.signal,
      onProgress: evaluationProgress(),
      onRetry: printError,
    });
    if (!json) await printEvaluation(file, { deps, stateDir, seed: request.seed });
    return file;
  } finally {
    process.removeListener('SIGINT', stop);
    await close();
  }
};
