import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { grpcAddress, uiUrl } from '../temporal/server.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';
import {
  type ComponentStatus,
  type Ports,
  readRunFile,
  type SupervisorState,
  supervisorStateSchema,
  wantedSchema,
} from './state.js';

/** What runs on a state folder, and where it is reached. */
export interface Runtime {
  stateDir: string;
  supervisor: ProcessIdentity;
  temporalAddress: string;
  /** Temporal's own web page; undefined when the server is not ours. */
  uiUrl: string | undefined;
  /** The embedded engine's OpenAI-compatible API, without a trailing slash; undefined when none was asked for. */
  engineUrl: string | undefined;
  components: ComponentStatus[];
}

/** Both ends of a link to the same folder are the same folder; one that is not there yet is itself. */
export const canonicalDir = (stateDir: string): string =>
  existsSync(stateDir) ? realpathSync(stateDir) : resolve(stateDir);

export const engineUrl = (ports: Pick<Ports, 'engine'>): string => `http://127.0.0.1:${ports.engine}/v1`;

/** The state a living supervisor wrote; undefined when none runs on this folder. */
export const livingState = (stateDir: string): SupervisorState | undefined => {
  const state = readRunFile(canonicalDir(stateDir), 'supervisor.json', supervisorStateSchema);
  return state && isRunning(state.supervisor) ? state : undefined;
};

export const runtimeOf = (stateDir: string, state: SupervisorState): Runtime => {
  const { wanted, ports, supervisor, components } = state;
  const ours = wanted.temporalAddress === null;
  return {
    stateDir: canonicalDir(stateDir),
    supervisor,
    temporalAddress: wanted.temporalAddress ?? grpcAddress(ports),
    uiUrl: ours ? uiUrl(ports) : undefined,
    engineUrl: wanted.components.includes('engine') ? engineUrl(ports) : undefined,
    components,
  };
};

/** The address of the server that this folder's campaigns were last brought up with; undefined where it was the folder's own. */
export const lastAddress = (stateDir: string): string | undefined =>
  readRunFile(canonicalDir(stateDir), 'wanted.json', wantedSchema)?.temporalAddress ?? undefined;

/** What `nextune up` started on this folder, as it is now; undefined when nothing is up. */
export const readRuntime = async (stateDir: string): Promise<Runtime | undefined> => {
  const state = livingState(stateDir);
  return state && runtimeOf(stateDir, state);
};
