// Sets up this folder: `npm run bootstrap`, and the first step of `npm run quickstart` and `npm test`. It runs before
// anything is installed, so it uses nothing but Node's own modules. What is done already is not done again.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireSpace } from './disk.mjs';
import { SetupFailure } from './failure.mjs';
import { takeMutex } from './mutex.mjs';
import { runStep } from './run.mjs';
import { openStamps } from './stamps.mjs';
import { planSteps, useHooks } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const stateDir = join(root, '.bootstrap');
const oldestNode = [20, 3];
const say = (line) => process.stdout.write(`${line}\n`);

const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  const message = `Node ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed.`;
  throw new SetupFailure(message, 'Get a newer one from nodejs.org, or with a version manager: nvm install 20');
};

const requirePlatform = () => {
  if (process.platform === 'linux' || process.platform === 'darwin') return;
  throw new SetupFailure(
    `${process.platform} is not supported: the sandbox needs Linux.`,
    'On Windows, clone and run inside WSL 2.',
  );
};

const size = (mb) => (mb >= 1000 ? `${(mb / 1000).toFixed(1)} GB` : `${Math.round(mb)} MB`);
const sum = (steps, key) => steps.reduce((total, step) => total + step.cost[key], 0);

/** A slow line or a busy machine takes about three times as long as this one did. */
const expected = (seconds) => {
  const [least, most] = [seconds / 60, (seconds * 3) / 60].map((time) => Math.max(1, Math.round(time)));
  return most > least ? `${least} to ${most} minutes` : 'about a minute';
};

const announce = (due) => {
  say(`Setting up Nextune in ${root} (nothing is installed outside it):`);
  for (const step of due) {
    const { downloadMb, diskMb } = step.cost;
    say(`  - ${step.title}${downloadMb > 0 ? `: ${size(downloadMb)} to download, ${size(diskMb)} on disk` : ''}`);
  }
  const [download, disk] = [size(sum(due, 'downloadMb')), size(sum(due, 'diskMb'))];
  say(`  Together: ${download} to download, ${disk} on disk; ${expected(sum(due, 'seconds'))}.`);
};

const perform = async (due, tools) => {
  for (const [index, step] of due.entries()) {
    const startedMs = Date.now();
    tools.stamps.remove(step.name);
    say(`[${index + 1}/${due.length}] ${step.title}`);
    const result = await step.act();
    tools.stamps.write(step.name, { digest: step.digest, ...result });
    say(`  done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  }
};

const setUp = async (tools) => {
  const startedMs = Date.now();
  const due = planSteps(tools).filter((step) => step.due);
  if (due.length > 0) {
    announce(due);
    requireSpace(
      root,
      due.map((step) => step.cost),
    );
    await perform(due, tools);
  }
  useHooks(tools);
  const took = ((Date.now() - startedMs) / 1000).toFixed(1);
  say(due.length > 0 ? `Set up in ${took} s.` : `Set up already (checked in ${took} s).`);
};

const withMutex = async (abort) => {
  const tmpDir = join(stateDir, 'tmp');
  const mutex = await takeMutex(stateDir, say);
  const run = ({ log, ...step }) => {
    const options = { onStart: mutex.noteChild, signal: abort.signal };
    return runStep({ cwd: root, ...step, log: join(stateDir, 'log', log) }, options);
  };
  const tools = { root, tmpDir, stamps: openStamps(stateDir), signal: abort.signal, say, run };
  try {
    await setUp(tools);
  } finally {
    rmSync(tmpDir, { recursive: true, force: true });
    mutex.release();
  }
};

const main = async () => {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => abort.abort(signal));
  try {
    requireNode();
    requirePlatform();
    await withMutex(abort);
  } catch (error) {
    if (abort.signal.aborted) {
      process.stderr.write('\nStopped. What is complete is kept; the same command goes on from there.\n');
      process.exit(130);
    }
    if (!(error instanceof SetupFailure)) throw error;
    process.stderr.write(`\nNextune can't be set up here yet.\n${error.message}\n\nWhat to do:\n${error.remedy}\n`);
    process.exit(1);
  }
};

await main();
