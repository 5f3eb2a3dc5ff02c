import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findServerBinary, noServerBinary } from './binary.js';
import { searchAttributes } from './search-attributes.js';

/** Ports of an embedded server on loopback: gRPC for clients and workers, its web page, HTTP for health, metrics. */
export interface ServerPorts {
  grpc: number;
  ui: number;
  http: number;
  metrics: number;
}

export interface ServerCommand {
  command: string;
  args: string[];
}

/** Write-ahead journal, synced at checkpoints: four to five times the default's throughput, and safe after kill -9. */
const pragmas = ['journal_mode=wal', 'synchronous=normal'];

/**
 * Task queues that take turns among campaigns by their fairness keys. Turns are taken within a partition, so a queue is
 * given one; of four, a worker may empty three before it looks at the last. Others are still read: an older server wrote there.
 */
export const fairnessArgs: readonly string[] = [
  ...['--dynamic-config-value', 'matching.useNewMatcher=true'],
  ...['--dynamic-config-value', 'matching.enableFairness=true'],
  ...['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
];

/** The command of the embedded server, whose history lives in `<stateDir>/temporal/temporal.db`. @throws Error without a binary. */
export const serverCommand = (stateDir: string, ports: ServerPorts): ServerCommand => {
  const binary = findServerBinary();
  if (binary === undefined) throw new Error(noServerBinary);
  const folder = join(stateDir, 'temporal');
  mkdirSync(folder, { recursive: true });
  const args = [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--db-filename', join(folder, 'temporal.db')],
    ...['--port', `${ports.grpc}`, '--ui-port', `${ports.ui}`],
    ...['--http-port', `${ports.http}`, '--metrics-port', `${ports.metrics}`],
    ...['--log-level', 'error', '--log-format', 'json', '--ui-disable-news-fetch'],
    ...fairnessArgs,
    ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
  return { command: binary.path, args };
};

export const grpcAddress = (ports: ServerPorts): string => `127.0.0.1:${ports.grpc}`;
export const uiUrl = (ports: ServerPorts): string => `http://127.0.0.1:${ports.ui}`;

/** Whether the server answers for its namespace: the HTTP side goes through the same frontend as gRPC, without its client. */
export const isServing = async (ports: ServerPorts, timeoutMs = 2000): Promise<boolean> => {
  try {
    const answer = await fetch(`http://127.0.0.1:${ports.http}/api/v1/namespaces/default`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
};
