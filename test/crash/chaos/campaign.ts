import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { pythonEnv, resourcePath } from '../../../adapters/paths.js';
import { readRuntime } from '../../../adapters/supervisor/runtime.js';
import { type CampaignView, campaignFailure, connect, viewCampaign } from '../../../client/campaigns.js';
import { worldTasks } from '../../fakes/campaign-world.js';
import type { FakeEndpoint } from '../../fakes/endpoint.js';
import { accountOf } from './account.js';

/** A base model of random weights that trains within a second. */
export const writeTinyBase = (dir: string): void => {
  const code =
    'import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); import train_fixtures; ' +
    'p = Path(sys.argv[2]); p.mkdir(); train_fixtures.write_tiny_base(p)';
  execFileSync(pythonEnv(), ['-c', code, resourcePath('python', 'tests'), dir]);
};

/** `nextune run` in a new folder, two rounds. */
export const runCampaign = (dir: string, base: string, endpoint: FakeEndpoint): void => {
  mkdirSync(dir);
  writeFileSync(join(dir, 'tasks.jsonl'), worldTasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
  const config = {
    name: 'crash',
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake', concurrency: 2 },
    sampling: { n: 4, groupSize: 2 },
    rounds: 2,
    evaluation: { samples: 2, k: [1, 2] },
    trainer: { base, minSamples: 1, epochs: 1, rank: 2, precision: 'fp32' },
    shardTasks: 3,
  };
  writeFileSync(join(dir, 'nextune.yaml'), stringify(config));
  const args = [resourcePath('bin', 'nextune.mjs'), 'run', 'nextune.yaml', '--detach'];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`nextune run: ${stdout}${stderr}`);
};

/** Where a campaign is; undefined while nobody answers. @throws Error with an account of it all when it failed or is held */
export const look = async (stateDir: string, campaign: string): Promise<CampaignView | undefined> => {
  const runtime = await readRuntime(stateDir);
  const client = await connect(runtime?.temporalAddress ?? '').catch(() => undefined);
  try {
    const view = client && (await viewCampaign(client, campaign).catch(() => undefined));
    const hold = view?.progress?.hold;
    if (client && (view?.state === 'failed' || hold)) {
      const reason = hold?.reason ?? (await campaignFailure(client, campaign));
      throw new Error(`campaign ${campaign} ${view?.state}: ${reason}\n${await accountOf(stateDir, campaign)}`);
    }
    return view;
  } finally {
    await client?.connection.close();
  }
};
