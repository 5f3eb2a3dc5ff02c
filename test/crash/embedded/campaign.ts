import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { resourcePath } from '../../../adapters/paths.js';
import { openCampaignReader } from '../../../client/campaign-reader.js';
import type { EvaluationRecord } from '../../../contract/manifest.js';
import { sampleRowSchema } from '../../../contract/rows.js';
import { worldTasks } from '../../fakes/campaign-world.js';

const drawn = { train: 4, dev: 4 };

/** Samples at the model's own chances: the base's answers end by chance too. */
const config = {
  name: 'embedded',
  data: { tasks: 'tasks.jsonl' },
  model: { kind: 'embedded' },
  sampling: { n: drawn.train, groupSize: 2, shots: 1, temperature: 1, topP: 1, maxTokens: 400 },
  evaluation: { samples: drawn.dev, k: [1, 2] },
  trainer: { minSamples: 1, epochs: 1, rank: 2, precision: 'fp32', maxTokens: 4096 },
  shardTasks: 2,
};

export const writeCampaign = (dir: string, rounds = 1): void => {
  writeFileSync(join(dir, 'tasks.jsonl'), worldTasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
  writeFileSync(join(dir, 'nextune.yaml'), stringify({ ...config, rounds }));
};

/** A command as a person types it in that folder. @throws Error with what it said when it fails */
export const nextune = (dir: string, env: NodeJS.ProcessEnv, ...args: string[]): void => {
  const command = [resourcePath('bin', 'nextune.mjs'), ...args];
  const { status, stderr, stdout } = spawnSync(process.execPath, command, { cwd: dir, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`nextune ${args.join(' ')}: ${stdout}${stderr}`);
};

const named = (step: string, rows: readonly { taskId: string; index: number }[]): string[] =>
  rows.map(({ taskId, index }) => `${step} ${taskId} ${index}`);

/** Each sample that the configuration asks for, as `STEP TASK INDEX`, sorted. A tuned model that is best is scored at the end too. */
const samplesAskedFor = (rounds: number, tunedIsBest: boolean): string[] => {
  const samples = (step: string, split: string, n: number): string[] =>
    worldTasks
      .filter((task) => task.split === split)
      .flatMap(({ id }) =>
        named(
          step,
          Array.from({ length: n }, (_, index) => ({ taskId: id, index })),
        ),
      );
  const ends = tunedIsBest ? ['base', 'best'] : ['base'];
  const numbers = Array.from({ length: rounds }, (_, at) => at + 1);
  return [
    ...samples('base-dev', 'dev', drawn.dev),
    ...numbers.flatMap((round) => [
      ...samples(`train ${round}`, 'train', drawn.train),
      ...samples(`dev ${round}`, 'dev', drawn.dev),
    ]),
    ...ends.flatMap((who) => [
      ...samples(`${who}-dev-no-trace`, 'dev', drawn.dev),
      ...samples(`${who}-test`, 'test', drawn.dev),
    ]),
  ].sort();
};

/** Each sample that the record names, and each that the configuration asks for. */
export const samplesSealed = async (
  stateDir: string,
  campaign: string,
  rounds = 1,
): Promise<{ found: string[]; askedFor: string[] }> => {
  const reader = openCampaignReader(stateDir);
  const found: string[] = [];
  const add = async (step: string, shards: EvaluationRecord['shards']): Promise<void> => {
    for (const { samples } of shards) found.push(...named(step, await reader.rows(samples, sampleRowSchema)));
  };
  const sealed = await reader.sealed(campaign);
  for (const { content } of sealed.map(({ manifest }) => manifest)) {
    const stepOf = (name: string): string => (content.kind === 'round' ? `${name} ${content.round}` : name);
    await add(stepOf('train'), content.shards);
    for (const { name, shards } of content.evaluations) await add(stepOf(name), shards);
  }
  const best = sealed.at(-1)?.manifest.content.best ?? 0;
  return { found: found.sort(), askedFor: samplesAskedFor(rounds, best > 0) };
};
