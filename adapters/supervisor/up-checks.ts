import { readFileSync } from 'node:fs';
import { InputError } from '../../contract/failures.js';
import { mostNeverReady } from './restart-policy.js';
import type { ComponentName, ComponentStatus, SupervisorState } from './state.js';

/** @throws InputError where the folder is up with another server than the one asked for. */
export const checkSameServer = (state: SupervisorState, temporalAddress: string | null): void => {
  if (state.wanted.temporalAddress === temporalAddress) return;
  const running = state.wanted.temporalAddress ?? 'its own embedded server';
  throw new InputError(
    `this folder is up with ${running}, not with ${temporalAddress ?? 'an embedded server'}: run nextune down first`,
  );
};

/**
 * Workers have the environment of the `up` that started the supervisor. Values are compared, and never shown.
 * @throws InputError naming the variables that are not as they are here
 */
export const checkVariables = (state: SupervisorState, names: readonly string[]): void => {
  const environment = readFileSync(`/proc/${state.supervisor.pid}/environ`, 'utf8').split('\0');
  const other = names.filter((name) => process.env[name] && !environment.includes(`${name}=${process.env[name]}`));
  if (other.length === 0) return;
  throw new InputError(
    `what is up on this folder was started without ${other.join(', ')}, or with another value: run nextune down first`,
  );
};

/**
 * Tells a component that was started, while we looked on, as often as one that can't start at all, and waits for its next
 * start: a person is told that it is of no use to wait.
 */
export const isInVain = () => {
  const first = new Map<ComponentName, number>();
  return ({ name, state, restarts }: ComponentStatus): boolean => {
    const before = first.get(name) ?? restarts;
    first.set(name, before);
    return state === 'waiting' && restarts - before >= mostNeverReady;
  };
};
