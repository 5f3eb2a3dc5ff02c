export { configText, type OutsideIdentity } from './config-text.js';
export { findNsjail } from './find.js';
export { type Jail, openJail } from './jail.js';
export { firstChannelFd, type LaunchRequest, outsideIdentity } from './launch.js';
export type { RunOutcome } from './outcome.js';
export {
  type JailLimits,
  type JailMount,
  type JailPolicy,
  type JailPolicyInput,
  jailPolicySchema,
  type Seccomp,
} from './policy.js';
export { type Isolation, probe } from './probe.js';
export { type RunRequest, type RunResult, runInJail } from './run.js';
