import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { takeLock } from './lock.js';
import { readRunFile, type Wanted, wantedSchema } from './state.js';
import { nothingWanted, type SpecMaker, Supervisor } from './supervisor.js';

const readWanted = (stateDir: string): Wanted => readRunFile(stateDir, 'wanted.json', wantedSchema) ?? nothingWanted;

const report = (message: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${message}\n`);
};

/**
 * The supervisor's process: runs what `<stateDir>/run/wanted.json` asks for until it is told to end (SIGTERM, SIGINT),
 * and reads it again on SIGHUP. @returns the exit status: 0 also when another supervisor has the folder already.
 */
export const supervise = async (givenDir: string, makeSpecs: SpecMaker): Promise<number> => {
  const stateDir = realpathSync(resolve(givenDir));
  const lock = takeLock(stateDir, 'supervisor');
  if ('heldBy' in lock) {
    report(`process ${lock.heldBy.pid} supervises ${stateDir} already`);
    return 0;
  }
  const asked = new Promise<string>((end) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end(signal));
  });
  // With every component given up there is nothing else that would keep this process running.
  const alive = setInterval(() => undefined, 2 ** 30);
  let supervisor: Supervisor | undefined;
  process.on('SIGHUP', () => supervisor?.want(readWanted(stateDir)));
  try {
    supervisor = await Supervisor.create(stateDir, makeSpecs);
    supervisor.want(readWanted(stateDir));
    report(`process ${process.pid} supervises ${stateDir}`);
    report(`ending: ${await asked}`);
    await supervisor.stop();
    return 0;
  } finally {
    clearInterval(alive);
    lock.release();
  }
};
