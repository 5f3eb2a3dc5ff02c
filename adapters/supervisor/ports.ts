import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { type Ports, portsSchema, readRunFile, writeRunFile } from './state.js';

/** Below Linux's range for outgoing connections (32768 and up), so that a port is not lost to one while we are down. */
const firstPort = 17_000;
const portCount = 15_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

const startingPoint = (stateDir: string): number =>
  createHash('sha256').update(stateDir).digest().readUInt32BE(0) % portCount;

const nextFree = async (from: number, taken: ReadonlySet<number>): Promise<number> => {
  for (let step = 0; step < portCount; step++) {
    const port = firstPort + ((from + step) % portCount);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port on 127.0.0.1 from ${firstPort} to ${firstPort + portCount}`);
};

/**
 * The folder's own ports: those it had before as long as they are free, so that clients and workers find their server
 * again. Nothing of this folder may be running when it is asked.
 */
export const choosePorts = async (stateDir: string): Promise<Ports> => {
  const before = Object.entries(readRunFile(stateDir, 'ports.json', portsSchema) ?? {});
  const stillFree = await Promise.all(before.map(([, port]) => isFree(port)));
  const chosen: Partial<Ports> = Object.fromEntries(before.filter((_, index) => stillFree[index]));
  const taken = new Set(Object.values(chosen));
  for (const name of ['grpc', 'ui', 'http', 'metrics', 'engine'] as const) {
    chosen[name] ??= await nextFree(startingPoint(stateDir), taken);
    taken.add(chosen[name]);
  }
  const ports = portsSchema.parse(chosen);
  writeRunFile(stateDir, 'ports.json', ports);
  return ports;
};
