import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resourcePath } from '../paths.js';
import { markOf } from './leftovers.js';
import { takeLock } from './lock.js';
import { canonicalDir, livingState, type Runtime, runtimeOf } from './runtime.js';
import { type ComponentName, logFile, type SupervisorState, writeRunFile } from './state.js';
import { checkSameServer, checkVariables, isInVain } from './up-checks.js';
import { announcer, componentFailure, supervisorFailure, UpError } from './up-messages.js';

export interface UpRequest {
  stateDir: string;
  components: ComponentName[];
  /** An existing server's address: none is started then. */
  temporalAddress?: string | undefined;
  /** Environment variables that the worker needs, such as a model endpoint's key. */
  variables?: string[];
  /** Told once for each component that is ready, fails or waits to be started anew. */
  onLine?: (line: string) => void;
  timeoutMs?: number;
  /** The supervisor's program and its arguments, for tests with components of their own. */
  program?: string[];
}

const defaultTimeoutMs = 300_000;
const pollMs = 30;
const mostSupervisorLogBytes = 1024 * 1024;

const openLog = (stateDir: string): number => {
  const path = logFile(stateDir, 'supervisor');
  mkdirSync(dirname(path), { recursive: true });
  const log = openSync(path, 'a', 0o600);
  if (statSync(path).size > mostSupervisorLogBytes) renameSync(path, `${path}.1`);
  return log;
};

/** Detached: a session of its own, so that closing the terminal does not end it. */
const launch = (stateDir: string, program: string[]): ChildProcess => {
  const log = openLog(stateDir);
  try {
    const stdio: ['ignore', number, number] = ['ignore', log, log];
    const env = { ...process.env, ...markOf(stateDir) };
    const child = spawn(process.execPath, [...program, stateDir], { detached: true, stdio, cwd: stateDir, env });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
};

const isAllReady = (state: SupervisorState, wanted: readonly ComponentName[]): boolean =>
  wanted.every((name) => state.components.some((status) => status.name === name && status.state === 'ready'));

/** Holds back a second `up` on the folder while the first is at work, so that neither overwrites the other's request. */
const whenAlone = async (request: UpRequest, until: number): Promise<() => void> => {
  let told = false;
  for (;;) {
    const lock = takeLock(canonicalDir(request.stateDir), 'up');
    if ('release' in lock) return lock.release;
    if (performance.now() > until) throw new UpError(`process ${lock.heldBy.pid} is still bringing this folder up`);
    if (!told) request.onLine?.(`waiting for process ${lock.heldBy.pid}, which brings this folder up`);
    told = true;
    await delay(pollMs);
  }
};

interface Following {
  request: UpRequest;
  stateDir: string;
  /** Of our request in wanted.json. */
  id: string;
  until: number;
  /** The supervisor we started; undefined when one was up before. */
  launched: ChildProcess | undefined;
}

/** The state of a supervisor that has read our request: one that was up before is told once to look again. */
const answersOf = ({ stateDir, id, launched }: Following): (() => SupervisorState | undefined) => {
  let seen = launched === undefined;
  let told = false;
  return () => {
    const state = livingState(stateDir);
    const launchFailed = launched !== undefined && launched.exitCode !== null && launched.exitCode !== 0;
    if (!state && (seen || launchFailed)) throw supervisorFailure(stateDir, 'ended before everything was up');
    if (!state) return undefined;
    seen = true;
    if (state.wanted.request === id) return state;
    if (!told) process.kill(state.supervisor.pid, 'SIGHUP');
    told = true;
    return undefined;
  };
};

const follow = async (following: Following): Promise<Runtime> => {
  const { request, stateDir, until } = following;
  const announce = announcer(request.onLine ?? (() => undefined));
  const answer = answersOf(following);
  const inVain = isInVain();
  for (;;) {
    const state = answer();
    const ours = state?.components.filter(({ name }) => request.components.includes(name)) ?? [];
    if (state) for (const status of ours) announce(status, runtimeOf(stateDir, state));
    const failed = ours.find((status) => status.state === 'failed' || inVain(status));
    if (failed) throw componentFailure(failed);
    if (state && isAllReady(state, request.components)) return runtimeOf(stateDir, state);
    if (performance.now() > until) {
      const late = ours.find((status) => status.state !== 'ready');
      throw late ? componentFailure(late) : supervisorFailure(stateDir, 'did not answer in time');
    }
    await delay(pollMs);
  }
};

/**
 * Brings up what is asked for on a state folder and waits until all of it is ready; what is ready already stays as it is.
 * What an earlier supervisor left behind is ended first.
 * @throws UpError with the reason and the end of the log; what did come up keeps running.
 */
export const ensureUp = async (asked: UpRequest): Promise<Runtime> => {
  const components = asked.components.filter((name) => name !== 'temporal' || asked.temporalAddress === undefined);
  const request = { ...asked, components };
  mkdirSync(request.stateDir, { recursive: true, mode: 0o700 });
  const stateDir = canonicalDir(request.stateDir);
  const until = performance.now() + (request.timeoutMs ?? defaultTimeoutMs);
  const temporalAddress = request.temporalAddress ?? null;
  const release = await whenAlone(request, until);
  try {
    const before = livingState(stateDir);
    if (before) checkSameServer(before, temporalAddress);
    if (before) checkVariables(before, request.variables ?? []);
    if (before && isAllReady(before, components)) return runtimeOf(stateDir, before);
    const id = randomUUID();
    writeRunFile(stateDir, 'wanted.json', { request: id, components, temporalAddress });
    const program = request.program ?? [resourcePath('dist', 'adapters', 'supervisor', 'main.js')];
    return await follow({ request, stateDir, id, until, launched: before ? undefined : launch(stateDir, program) });
  } finally {
    release();
  }
};
