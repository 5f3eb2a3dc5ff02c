import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { resourcePath } from '../../adapters/paths.js';
import { choosePorts } from '../../adapters/supervisor/ports.js';
import { grpcAddress, isServing, serverCommand } from '../../adapters/temporal/server.js';
import { connect } from '../../client/campaigns.js';
import type { Flight } from './flight.js';
import { type Started, start, stop } from './processes.js';

/** A real server, a worker and a replaying endpoint, each a process of its own, over a new state folder. */
export interface BenchWorld {
  stateDir: string;
  client: Client;
  endpointUrl: string;
  endpoint: Started;
  worker: Started;
  serverPid: number;
  stats(): Promise<EndpointStats>;
  flight(): Promise<Flight>;
  close(): Promise<void>;
}

export interface EndpointStats {
  requests: number;
  answers: number;
  passing: number;
  endless: number;
  cpuMs: number;
}

const script = (name: string): string => resourcePath('dist', 'bench', 'round', name);

export const openWorld = async (
  tasks: number,
  delayMs: number,
  workerEnv: Record<string, string> = {},
): Promise<BenchWorld> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nextune-bench-'));
  const ports = await choosePorts(stateDir);
  const { command, args } = serverCommand(stateDir, ports);
  const server = spawn(command, args, { stdio: 'ignore' });
  while (!(await isServing(ports))) await delay(100);
  const endpoint = await start(process.execPath, [script('endpoint.js'), `${tasks}`, `${delayMs}`]);
  const url = `http://127.0.0.1:${(JSON.parse(endpoint.line) as { port: number }).port}`;
  const worker = await start(process.execPath, [script('worker.js')], {
    NEXTUNE_STATE_DIR: stateDir,
    NEXTUNE_TEMPORAL_ADDRESS: grpcAddress(ports),
    ...workerEnv,
  });
  const client = await connect(grpcAddress(ports));
  return {
    stateDir,
    client,
    endpointUrl: `${url}/v1`,
    endpoint,
    worker,
    serverPid: server.pid as number,
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as EndpointStats,
    flight: async () => (await (await fetch(`${url}/flight`)).json()) as Flight,
    async close() {
      await client.connection.close();
      await worker.stop();
      await endpoint.stop();
      await stop(server);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
};
