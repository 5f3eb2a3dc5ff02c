export { type Cgroup, findCgroup, sweepCgroups } from './cgroup.js';
export { type BubblewrapGap, bubblewrapGaps } from './engine/bubblewrap.js';
export { type Engine, firstChannelFd } from './engine/engine.js';
export { type FindOptions, findEngine } from './find.js';
export { type HostFindings, hostFindings } from './host/findings.js';
export { type Obstacle, obstaclesOf } from './host/obstacles.js';
export { type Jail, open } from './jail.js';
export { type LaunchRequest, Refusal } from './launch.js';
export type { RunOutcome } from './outcome.js';
export {
  type JailLimits,
  type JailMount,
  type JailMountInput,
  type JailNamespaces,
  type JailPolicy,
  type JailPolicyInput,
  jailPolicySchema,
  type Seccomp,
} from './policy.js';
export { type Confinement, type Isolation, probe } from './probe.js';
export { type RunRequest, type RunResult, run } from './run.js';
