import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { TrainProgress } from '../../activities/ports.js';
import { pythonEnv, resourcePath } from '../../adapters/paths.js';
import { createLoraTrainer } from '../../adapters/trainer/lora.js';
import { trainerConfigSchema } from '../../contract/config.js';

const run = promisify(execFile);
let dir: string;

const rows = Array.from({ length: 8 }, (_, index) => ({
  taskId: `t${index}`,
  index: 0,
  messages: [{ role: 'user', content: `def f(x): return x - ${index}` }],
  completion: `It adds.\ndef f(x): return x + ${index}`,
}));

/** A base of two small layers: the real trainer in full, without the real model's minutes. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nextune-trainer-'));
  const make =
    'import sys, pathlib; from train_fixtures import write_tiny_base; write_tiny_base(pathlib.Path(sys.argv[1]))';
  const PYTHONPATH = [resourcePath('python'), resourcePath('python', 'tests')].join(delimiter);
  const env = { ...process.env, PYTHONPATH, PYTHONDONTWRITEBYTECODE: '1' };
  await run('mkdir', ['-p', join(dir, 'base')]);
  await run(pythonEnv(), ['-c', make, join(dir, 'base')], { env });
  await writeFile(join(dir, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}, 300_000);

afterAll(() => rm(dir, { recursive: true }));

const train = (name: string, work: { signal?: AbortSignal; onProgress?: (progress: TrainProgress) => void } = {}) =>
  createLoraTrainer({ stateDir: dir, baseDir: async () => join(dir, 'base'), threads: 1, checkpointSeconds: 0 }).train(
    {
      workDir: join(dir, name),
      examplesPath: join(dir, 'rows.jsonl'),
      seed: '3',
      config: trainerConfigSchema.parse({ rank: 4, alpha: 8, batchSize: 2, epochs: 2, precision: 'fp32' }),
    },
    work,
  );

test('a run that is stopped midway and started again ends with the adapter of one that was not', async () => {
  const seen: TrainProgress[] = [];
  const whole = await train('whole', { onProgress: (progress) => seen.push(progress) });
  expect(whole).toMatchObject({ steps: 8, precision: 'fp32' });
  expect(seen.filter(({ phase }) => phase === 'train').map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await readdir(whole.adapterDir)).sort()).toEqual([
    'adapter.gguf',
    'adapter_config.json',
    'adapter_model.safetensors',
  ]);

  const controller = new AbortController();
  const stopAt = ({ step }: TrainProgress) => step === 4 && controller.abort();
  await expect(train('stopped', { signal: controller.signal, onProgress: stopAt })).rejects.toThrow(/abort/);
  const resumed: number[] = [];
  const again = await train('stopped', { onProgress: ({ phase, step }) => phase === 'train' && resumed.push(step) });
  expect(resumed[0]).toBeGreaterThan(3);
  expect(again).toMatchObject({ steps: 8, trainTokens: whole.trainTokens, finalLoss: whole.finalLoss });
  for (const file of await readdir(whole.adapterDir)) {
    const [got, wanted] = await Promise.all([again, whole].map(({ adapterDir }) => readFile(join(adapterDir, file))));
    expect(got?.equals(wanted ?? Buffer.alloc(0))).toBe(true);
  }
}, 240_000);
