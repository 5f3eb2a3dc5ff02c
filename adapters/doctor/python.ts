import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { pythonEnv, resourcePath } from '../paths.js';
import { type Finding, fail, ok, warn } from './finding.js';

const part = <Ok extends z.ZodType>(schema: Ok) => z.union([z.object({ ok: schema }), z.object({ error: z.string() })]);

/** What python/nextune_doctor prints as its last line. */
const reportSchema = z.object({
  python: z.string(),
  executable: z.string(),
  packages: part(
    z.object({
      locked: z.int(),
      wrong: z.array(z.object({ name: z.string(), locked: z.string(), installed: z.string().nullable() })),
    }),
  ),
  model: part(z.object({ name: z.string(), path: z.string(), bytes: z.int() })),
  trainer: part(z.object({ torch: z.string(), threads: z.int(), cuda: z.string().nullable() })),
});
export type PythonReport = z.infer<typeof reportSchema>;

/** Importing PyTorch for the first time reads hundreds of files. */
const timeoutMs = 300_000;
const bootstrap = 'run npm run bootstrap';

const ask = async (python: string): Promise<PythonReport> => {
  const locks = ['base.txt', 'model.txt'].map((name) => resourcePath('python', 'requirements', name));
  const options = { timeout: timeoutMs, env: { ...process.env, PYTHONPATH: resourcePath('python') } };
  const { stdout } = await promisify(execFile)(python, ['-m', 'nextune_doctor', ...locks], options);
  return reportSchema.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
};

const packagesFinding = ({ python, executable, packages }: PythonReport): Finding => {
  const where = `Python ${python}, ${executable}`;
  if ('error' in packages) return fail('python', `${where}: ${packages.error}`, bootstrap);
  const { locked, wrong } = packages.ok;
  const missing = wrong.filter(({ installed }) => installed === null).map(({ name }) => name);
  if (missing.length > 0) return fail('python', `${where} lacks ${missing.join(', ')}`, bootstrap);
  const other = wrong.map((one) => `${one.name} ${one.installed} instead of ${one.locked}`);
  if (other.length > 0)
    return warn('python', `${where} has ${other.join(', ')}`, `${bootstrap}, for the tested versions`);
  return ok('python', `${where}, ${locked} packages as locked`);
};

const modelFinding = ({ model }: PythonReport): Finding => {
  const remedy = `${bootstrap}, or use another endpoint (model.kind: openai)`;
  if ('error' in model) return fail('model', model.error, remedy);
  return ok('model', `${model.ok.name}, ${Math.round(model.ok.bytes / 1e6)} MB, ${model.ok.path}`);
};

/** Whether the CPU multiplies bfloat16 itself; without it training goes in float32. */
const bfloat16Units = (): string[] => {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return ['amx_bf16', 'avx512_bf16', 'bf16'].filter((flag) => new RegExp(`\\b${flag}\\b`).test(flags));
};

const trainerFinding = ({ trainer }: PythonReport): Finding => {
  if ('error' in trainer) return fail('trainer', trainer.error, `${bootstrap}, or set trainer.kind: none`);
  const { torch, threads, cuda } = trainer.ok;
  const units = bfloat16Units();
  const precision = units.length > 0 ? `bf16 by ${units.join(' and ')}` : 'fp32';
  return ok('trainer', `PyTorch ${torch}, ${cuda ?? `CPU with ${threads} threads, ${precision}`}`);
};

export const findingsOf = (report: PythonReport): Finding[] => [
  packagesFinding(report),
  modelFinding(report),
  trainerFinding(report),
];

/** The project's Python with its packages, the model's weights, and the trainer. */
export const checkPython = async (python = pythonEnv()): Promise<Finding[]> => {
  if (!existsSync(python)) return [fail('python', `${python} is not there`, bootstrap)];
  try {
    return findingsOf(await ask(python));
  } catch (error) {
    return [fail('python', `${python}: ${(error as Error).message.trim().split('\n').at(-1)}`, bootstrap)];
  }
};
