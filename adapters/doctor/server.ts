import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import type { Runtime } from '../supervisor/runtime.js';
import { findServerBinary } from '../temporal/binary.js';
import { type Finding, fail, ok, warn } from './finding.js';

const answersAt = (address: string, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const colon = address.lastIndexOf(':');
    const socket = connect({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
      timeout: timeoutMs,
    });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });

const checkBinary = async (): Promise<Finding> => {
  const binary = findServerBinary();
  const remedy = 'run npm run bootstrap, or install the Temporal CLI, or set NEXTUNE_TEMPORAL_ADDRESS to a server';
  if (!binary) return fail('server', 'no Temporal server on PATH or in the project environment', remedy);
  try {
    const { stdout } = await promisify(execFile)(binary.path, ['--version'], { timeout: 20_000 });
    return ok('server', `${stdout.trim()}, ${binary.path}`);
  } catch (error) {
    return fail('server', `${binary.path} does not run: ${(error as Error).message.split('\n')[0]}`, remedy);
  }
};

/** The server that campaigns will run on: the one at the configured address, else the embedded one. */
export const checkServer = async (address = process.env.NEXTUNE_TEMPORAL_ADDRESS): Promise<Finding[]> => {
  if (!address) return [await checkBinary()];
  if (await answersAt(address, 3000)) return [ok('server', `something listens at ${address}`)];
  const remedy = 'start it, mend the address, or unset NEXTUNE_TEMPORAL_ADDRESS to use the embedded server';
  return [fail('server', `nothing listens at ${address} (NEXTUNE_TEMPORAL_ADDRESS)`, remedy)];
};

/** What is up on the folder now. That nothing is, is fine: `run` brings it up. */
export const checkRunning = (runtime: Runtime | undefined): Finding[] => {
  if (!runtime) return [ok('running', 'nothing is up; run and quickstart bring up what they need')];
  return runtime.components.map(({ name, state, reason, restarts, logPath }) => {
    const found = `${name} ${state}${restarts > 0 ? `, started anew ${restarts} times` : ''}${reason ? `: ${reason}` : ''}`;
    return state === 'failed' ? warn('running', found, `see ${logPath}, then nextune up`) : ok('running', found);
  });
};
