import { tailOf } from './bounded-log.js';
import type { Runtime } from './runtime.js';
import { type ComponentName, type ComponentStatus, logFile } from './state.js';

/** A component, or the supervisor itself, did not come up: the message has the reason and the end of its log. */
export class UpError extends Error {
  override readonly name = 'UpError';
}

const indented = (lines: string[]): string[] => lines.map((line) => `    ${line}`);

export const componentFailure = ({ name, reason, logPath }: ComponentStatus): UpError => {
  const headline = `${name} did not come up: ${reason ?? 'it is not ready yet'} (log: ${logPath})`;
  return new UpError([headline, ...indented(tailOf(logPath))].join('\n'));
};

export const supervisorFailure = (stateDir: string, what: string): UpError => {
  const path = logFile(stateDir, 'supervisor');
  return new UpError([`the supervisor ${what} (log: ${path})`, ...indented(tailOf(path))].join('\n'));
};

export const describeComponent = (status: ComponentStatus, runtime: Runtime): string => {
  const { name, state, reason, readyAfterMs } = status;
  const address = { temporal: runtime.uiUrl, engine: runtime.engineUrl, worker: undefined }[name];
  const took = readyAfterMs === null ? '' : ` in ${(readyAfterMs / 1000).toFixed(1)} s`;
  if (state === 'ready') return `${name.padEnd(8)} ready${took}${address ? `  ${address}` : ''}`;
  return `${name.padEnd(8)} ${state}${reason === null ? '' : `: ${reason}`}`;
};

/** Tells each change of a component once, save the failure that ends the wait. */
export const announcer = (onLine: (line: string) => void) => {
  const told = new Map<ComponentName, string>();
  return (status: ComponentStatus, runtime: Runtime): void => {
    const key = `${status.state} ${status.restarts}`;
    if (status.state === 'starting' || status.state === 'failed' || told.get(status.name) === key) return;
    told.set(status.name, key);
    onLine(describeComponent(status, runtime));
  };
};
