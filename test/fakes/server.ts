import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { spawnGuarded } from '../../adapters/supervisor/guarded-child.js';
import { choosePorts } from '../../adapters/supervisor/ports.js';
import { findServerBinary, noServerBinary } from '../../adapters/temporal/binary.js';
import { fairnessArgs, grpcAddress, isServing, type ServerPorts } from '../../adapters/temporal/server.js';
import { eventually } from '../adapters/supervisor/eventually.js';

/** A Temporal server that keeps everything in memory, and connections to it. */
export interface TestServer {
  env: TestWorkflowEnvironment;
  stop(): Promise<void>;
}

const spawnServer = (ports: ServerPorts) => {
  const binary = findServerBinary();
  if (!binary) throw new Error(noServerBinary);
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--headless', '--log-level', 'error', ...fairnessArgs];
  args.push('--port', `${ports.grpc}`, '--http-port', `${ports.http}`, '--metrics-port', `${ports.metrics}`);
  return spawnGuarded({ command: binary.path, args }, () => undefined);
};

/** The SDK's own start of a server gives it five seconds, which a busy machine does not keep to. On free ports where none are given. */
export const startServer = async (given?: ServerPorts): Promise<TestServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'nextune-server-'));
  const ports = given ?? (await choosePorts(dir));
  const server = await spawnServer(ports);
  let ended: string | undefined;
  void server.exited.then((how) => {
    ended = how;
  });
  const answers = (): Promise<boolean> => {
    if (ended !== undefined) throw new Error(`the server ${ended}`);
    return isServing(ports);
  };
  await eventually('the server answers', answers, 250_000);
  const env = await TestWorkflowEnvironment.createFromExistingServer({ address: grpcAddress(ports) });
  const stop = async (): Promise<void> => {
    await env.teardown();
    await server.stop();
    rmSync(dir, { recursive: true });
  };
  return { env, stop };
};
