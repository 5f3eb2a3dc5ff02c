import { availableParallelism } from 'node:os';
import { embeddedEngineCommand, engineHealth } from '../model/embedded-engine.js';
import { resourcePath } from '../paths.js';
import { unreachableStatus } from '../temporal/connection.js';
import { grpcAddress, isServing, serverCommand } from '../temporal/server.js';
import type { ComponentSpec } from './component-run.js';
import { workerGraceMs } from './guarded-child.js';
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

type Given = Parameters<SpecMaker>[0];

const temporalSpec = ({ stateDir, ports }: Given): ComponentSpec => ({
  name: 'temporal',
  command: () => serverCommand(stateDir, ports),
  ready: { probe: () => isServing(ports) },
  startTimeoutMs: 30_000,
  unresponsiveMs,
  after: [],
});

/** Its first start unpacks the base model, and a busy machine takes long to import PyTorch. */
const engineSpec = ({ stateDir, ports }: Given): ComponentSpec => ({
  name: 'engine',
  command: () => embeddedEngineCommand({ stateDir, port: ports.engine, threads: availableParallelism() }),
  ready: { probe: async () => (await engineHealth(engineUrl(ports))) !== undefined },
  startTimeoutMs: 240_000,
  unresponsiveMs,
  after: [],
});

const workerSpec = ({ stateDir, ports, wanted }: Given): ComponentSpec => ({
  name: 'worker',
  command: () => ({
    command: process.execPath,
    args: ['--enable-source-maps', resourcePath('dist', 'worker.js')],
    env: {
      ...process.env,
      NEXTUNE_STATE_DIR: stateDir,
      NEXTUNE_TEMPORAL_ADDRESS: wanted.temporalAddress ?? grpcAddress(ports),
      NEXTUNE_ENGINE_URL: engineUrl(ports),
    },
  }),
  ready: { line: isReadyLine },
  startTimeoutMs: 60_000,
  unresponsiveMs,
  graceMs: workerGraceMs,
  after: ['temporal'],
  lacks: {
    status: unreachableStatus,
    what: `can't reach the Temporal server at ${wanted.temporalAddress ?? grpcAddress(ports)}, and goes on trying`,
  },
});

/** The embedded server, the embedded engine and the worker, on the folder's ports. */
export const nextuneComponents: SpecMaker = (given) => {
  const { components, temporalAddress } = given.wanted;
  return [
    ...(components.includes('temporal') && temporalAddress === null ? [temporalSpec(given)] : []),
    ...(components.includes('engine') ? [engineSpec(given)] : []),
    ...(components.includes('worker') ? [workerSpec(given)] : []),
  ];
};
