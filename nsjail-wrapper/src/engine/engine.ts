import type { Cgroup } from '../cgroup.js';
import type { JailPolicy } from '../policy.js';

/** The program that makes the jail. */
export interface Engine {
  kind: 'nsjail' | 'bubblewrap';
  /** Its executable on the host. */
  path: string;
}

/**
 * Who the jail's user is on the host: its own outside id, so that its files and signals are not the caller's where
 * possible.
 */
export interface OutsideIdentity {
  uid: number;
  gid: number;
}

/** What an engine needs to know to be started. */
export interface PlanRequest {
  engine: Engine;
  policy: JailPolicy;
  outside: OutsideIdentity;
  /** Descriptors that the command inherits. */
  passFds: readonly number[];
  /** Where `limits.memoryBytes` and `limits.totalProcesses` are kept. */
  cgroup: Cgroup | undefined;
}

/** How it is started: `argv` up to the command, and what it reads from descriptors that have no name. */
export interface Plan {
  argv: string[];
  /** Descriptor to content. */
  inputs: Map<number, string | Buffer>;
}

/** What an engine said of the command's end. */
export interface EngineEnd {
  /** The command was started. */
  entered: boolean;
  code?: number | undefined;
  signal?: string | undefined;
  /** The engine's own wall limit ended it. */
  outOfTime: boolean;
  /** Why it was not started, in the engine's words. */
  failure: string;
}

/** The engine's own words, which the command can't write to: nsjail's log, bubblewrap's status. */
export const reportFd = 3;
export const configFd = 4;
/** The first descriptor of a jail's channels. */
export const firstChannelFd = 5;
