import { resourcePath } from '../paths.js';
import { isServing, serverCommand } from '../temporal/server.js';
import type { ComponentSpec } from './component-run.js';
import { engineUrl } from './runtime.js';
import type { SpecMaker } from './supervisor.js';

const unresponsiveMs = 120_000;

/** The line a worker prints once it polls: `{"type":"ready"}`. */
const isReadyLine = (line: string): boolean => {
  if (!line.includes('"ready"')) return false;
  try {
    return (JSON.parse(line) as { type?: unknown }).type === 'ready';
  } catch {
    return false;
  }
};

/** The embedded server, the embedded engine and the worker, on the folder's ports. */
export const nextuneComponents: SpecMaker = ({ stateDir, ports, wanted }) => {
  const temporal: ComponentSpec = {
    name: 'temporal',
    command: () => serverCommand(stateDir, ports),
    ready: { probe: () => isServing(ports) },
    startTimeoutMs: 30_000,
    unresponsiveMs,
    after: [],
  };
  const worker: ComponentSpec = {
    name: 'worker',
    command: () => ({
      command: process.execPath,
      args: ['--enable-source-maps', resourcePath('dist', 'worker.js')],
      env: {
        NEXTUNE_STATE_DIR: stateDir,
        NEXTUNE_TEMPORAL_ADDRESS: wanted.temporalAddress ?? `127.0.0.1:${ports.grpc}`,
        NEXTUNE_ENGINE_URL: engineUrl(ports),
      },
    }),
    ready: { line: isReadyLine },
    startTimeoutMs: 60_000,
    unresponsiveMs,
    after: ['temporal'],
  };
  return [temporal, worker].filter(
    ({ name }) => wanted.components.includes(name) && !(name === 'temporal' && wanted.temporalAddress !== null),
  );
};
