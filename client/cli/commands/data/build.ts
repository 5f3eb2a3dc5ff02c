import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { pino } from 'pino';
import { createDeps } from '../../../../adapters/deps.js';
import { openVerifier } from '../../../../adapters/sandbox/verifier.js';
import { ensureUp } from '../../../../adapters/supervisor/up.js';
import { InputError } from '../../../../contract/failures.js';
import { answerFates } from '../../../../core/data/wrong-solutions.js';
import { type BuildReport, buildData, type SamplingModel } from '../../../data/build.js';
import { openSamplingModel } from '../../../data/sampling-model.js';
import { resolveModel } from '../../../evaluate/model-spec.js';
import { print, printError, runAction } from '../../output.js';
import { seedOf, wholeNumber } from './options.js';
import { inWords, printRefusals, printWritten, progressPrinter, reporting, stopOnInterrupt } from './reporting.js';

const printAnswers = (answers: Record<string, number>): void => {
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0);
  const fates = answerFates.map((fate) => `${answers[fate] ?? 0} ${fate}`);
  if (total > 0) print(`${total} answers of the model: ${fates.join(', ')}`);
};

const printBuild = (report: BuildReport, seconds: number): void => {
  printRefusals(report.refused);
  print(`${report.tasks} repair tasks (${inWords(report.splits)}) from ${report.problems} problems`);
  print(`operators: ${inWords(report.operators)}`);
  printAnswers(report.answers);
  const { tasks, fromReference } = report.hiddenTests;
  print(`hidden tests: ${tasks} tasks, ${fromReference} of them with tests made from the reference's answers`);
  print(`refused ${report.refused.length} problems; ran ${report.tried} candidate bugs, in ${seconds} s`);
  printWritten(report.output, report.digest, 'no repair task came out: nothing was written');
  if (report.card) print(`wrote ${report.card}`);
};

/** Options of `--by model` alone; undefined where the command line does not name them. */
interface ModelOptions {
  model?: string;
  samples?: number;
  temperature?: number;
  maxTokens?: number;
}

interface BuildOptions extends ModelOptions {
  output: string;
  seed: string;
  by: 'mutation' | 'model';
  perProblem: number;
  limit?: number;
  stateDir: string;
  json: boolean;
}

const defaults = { model: 'embedded', samples: 16, temperature: 0.8, topP: 0.95, maxTokens: 256 };

const temperatureOf = (text: string): number => {
  const temperature = Number(text);
  if (text.trim() !== '' && temperature >= 0 && temperature <= 2) return temperature;
  throw new InvalidArgumentError('Use a number from 0 to 2.');
};

interface Opened {
  solver: SamplingModel | undefined;
  close: () => Promise<void>;
}

const openModel = async ({ stateDir: dir, seed, ...options }: BuildOptions): Promise<Opened> => {
  const stateDir = resolve(dir);
  const spec = await resolveModel(options.model ?? defaults.model, stateDir);
  const up = (): ReturnType<typeof ensureUp> => ensureUp({ stateDir, components: ['engine'], onLine: printError });
  const engineUrl = spec.modelConfig.kind === 'embedded' ? (await up()).engineUrl : undefined;
  const { deps, close } = await createDeps({ stateDir, engineUrl, s3: undefined }, pino({ level: 'silent' }));
  const { samples = defaults.samples, temperature = defaults.temperature, maxTokens = defaults.maxTokens } = options;
  const plan = { seed, samples, sampling: { temperature, topP: defaults.topP, maxTokens } };
  return { solver: await openSamplingModel(deps, spec, plan, { onRetry: printError }), close };
};

const openBy = async (options: BuildOptions): Promise<Opened> => {
  if (options.by === 'model') return await openModel(options);
  const { model, samples, temperature, maxTokens } = options;
  if ([model, samples, temperature, maxTokens].some((option) => option !== undefined))
    throw new InputError('--model, --samples, --temperature and --max-tokens go with --by model');
  return { solver: undefined, close: async () => undefined };
};

const build = async (paths: string[], options: BuildOptions): Promise<number> => {
  const { output, seed, perProblem, limit, json } = options;
  const progress = progressPrinter();
  const signal = stopOnInterrupt('the same command goes on from here');
  const { solver, close } = await openBy(options);
  const work = {
    openVerifier: () => openVerifier({}),
    solver,
    signal,
    onProgress: ({ tasks, ...counts }: { done: number; total: number; resumed: number; tasks: number }) =>
      progress.show({ step: 'building from problems', ...counts, note: `${tasks} repair tasks` }),
  };
  const run = () => buildData({ paths, output, seed, perProblem, limit }, work).finally(progress.clear);
  return await reporting(run, { json, show: printBuild, isGood: ({ tasks }) => tasks > 0 }).finally(close);
};

export const registerBuild = (data: Command): void => {
  data
    .command('build')
    .description(
      'make repair tasks: small bugs in the references of problems, or wrong solutions that a model writes, each run and ' +
        'seen to fail a visible test',
    )
    .argument('<problems...>', 'files of problems, or folders of such files')
    .requiredOption('-o, --output <tasks>', 'the file to write')
    .addOption(
      new Option('--by <how>', 'where bugs come from: edits of the reference, or a model’s wrong solutions')
        .choices(['mutation', 'model'])
        .default('mutation'),
    )
    .option('--seed <number>', 'draws bugs, and splits where problems have none', seedOf, '1')
    .option('--per-problem <number>', 'repair tasks a problem (few-shot problems give one)', wholeNumber, 4)
    .option('--limit <number>', 'repair tasks in all, from problems drawn by seed', wholeNumber)
    .option('--model <model>', 'by model: embedded, a YAML file with a model, or CAMPAIGN@best (default: embedded)')
    .option('--samples <number>', 'by model: answers a problem (default: 16)', wholeNumber)
    .option('--temperature <number>', 'by model: of the answers (default: 0.8)', temperatureOf)
    .option('--max-tokens <number>', 'by model: the longest answer (default: 256)', wholeNumber)
    .option('--state-dir <dir>', 'by model: where paid answers are kept', '.nextune')
    .option('--json', 'print the report as JSON', false)
    .action(runAction(build));
};
