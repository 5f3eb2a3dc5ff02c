import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Client } from '@temporalio/client';
import { stringify } from 'yaml';
import { writeRows } from '../adapters/data/rows.js';
import { resourcePath } from '../adapters/paths.js';
import { readRuntime } from '../adapters/supervisor/runtime.js';
import { findCampaign } from '../client/campaign-folder.js';
import { connect } from '../client/campaigns.js';
import { type PendingActivity, pendingWork } from '../client/pending-work.js';
import { campaignWorkflowId } from '../contract/workflow-ids.js';
import { benchTasks } from './round/data.js';
import { start } from './round/processes.js';

const usage = `npm run bench:recovery -- [--kills 5] [--tasks 600]
From kill -9 of a campaign's worker, while it samples and verifies, to a step's start on the next; and what \`nextune up\` takes before it.`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5' },
    tasks: { type: 'string', default: '600' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const [kills, tasks] = [Number(values.kills), Number(values.tasks)] as const;
const answerMs = 200;

const pollMs = 100;

/** @returns milliseconds. @throws Error with what the command said when it fails */
const nextune = (dir: string, ...args: string[]): number => {
  const startedMs = performance.now();
  const command = [resourcePath('bin', 'nextune.mjs'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`nextune ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
  return performance.now() - startedMs;
};

const writeCampaign = async (dir: string, baseUrl: string): Promise<void> => {
  await writeRows(join(dir, 'tasks.jsonl'), await benchTasks(tasks));
  const config = {
    name: 'recovery',
    data: { tasks: 'tasks.jsonl' },
    model: { kind: 'openai', baseUrl, name: 'replay', version: '1', concurrency: 8 },
    sampling: { n: 32, groupSize: 4 },
    rounds: 1,
  };
  writeFileSync(join(dir, 'nextune.yaml'), stringify(config));
};

/** The steps that the server holds as under way. */
type Steps = () => Promise<PendingActivity[]>;

const untilSteps = async (steps: Steps, are: (now: PendingActivity[]) => boolean): Promise<PendingActivity[]> => {
  for (;;) {
    const now = await steps();
    if (are(now)) return now;
    await delay(pollMs);
  }
};

const connectTo = async (dir: string): Promise<Client> =>
  await connect((await readRuntime(join(dir, '.nextune')))?.temporalAddress ?? '');

const killWorker = async (dir: string): Promise<void> => {
  const runtime = await readRuntime(join(dir, '.nextune'));
  const pid = runtime?.components.find(({ name }) => name === 'worker')?.process?.pid;
  if (pid === undefined) throw new Error(`no worker is up in ${dir}`);
  process.kill(pid, 'SIGKILL');
};

/** Seconds from the kill to a step's start on the next worker; steps that an earlier kill met have ended. */
const recover = async (dir: string, steps: Steps): Promise<number> => {
  await untilSteps(steps, (now) => now.length > 0 && now.every(({ attempt }) => attempt === 1));
  const killedMs = Date.now();
  await killWorker(dir);
  const startedSince = ({ startedMs }: PendingActivity): boolean => (startedMs ?? 0) > killedMs;
  const after = await untilSteps(steps, (now) => now.some(startedSince));
  return (Math.max(...after.map(({ startedMs }) => startedMs ?? 0)) - killedMs) / 1000;
};

const main = async (): Promise<void> => {
  if (values.help) return print(usage);
  const dir = mkdtempSync(join(tmpdir(), 'nextune-recovery-'));
  const endpoint = await start(process.execPath, [
    resourcePath('dist', 'bench', 'round', 'endpoint.js'),
    `${tasks}`,
    `${answerMs}`,
  ]);
  const url = `http://127.0.0.1:${(JSON.parse(endpoint.line) as { port: number }).port}`;
  try {
    await writeCampaign(dir, `${url}/v1`);
    const upSeconds = nextune(dir, 'up', '--without', 'engine') / 1000;
    print(`nextune up in a new folder, the command's own start included: ${upSeconds.toFixed(1)} s (at most 5 s)`);
    nextune(dir, 'run', 'nextune.yaml', '--detach');
    const client = await connectTo(dir);
    const { campaign } = await findCampaign(join(dir, '.nextune'), undefined);
    const steps: Steps = async () =>
      (await pendingWork(client, campaignWorkflowId(campaign))).flatMap(({ activities }) => activities);
    const all: number[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      all.push(await recover(dir, steps));
      print(`kill ${kill}: a step goes on after ${all.at(-1)?.toFixed(1)} s`);
    }
    await client.connection.close();
    print(`from kill -9 of a worker to work going on: ${Math.max(...all).toFixed(1)} s at most (limit 10 s)`);
  } finally {
    nextune(dir, 'down');
    await endpoint.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

await main();
