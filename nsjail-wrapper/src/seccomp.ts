import type { Seccomp } from './policy.js';

/**
 * System calls that reach beyond a process, denied with EPERM so that a library's probing does not kill its program.
 * Names are kafel's (it knows `umount`, not `umount2`); https://github.com/google/kafel.
 */
const kernelInterfaces = [
  'ptrace', 'process_vm_readv', 'process_vm_writev', 'kcmp', 'bpf', 'perf_event_open', 'userfaultfd',
  'keyctl', 'add_key', 'request_key', 'kexec_load', 'init_module', 'finit_module', 'delete_module', 'reboot',
  'swapon', 'swapoff', 'syslog', 'acct', 'quotactl', 'settimeofday', 'clock_settime', 'adjtimex', 'clock_adjtime',
  'open_by_handle_at', 'name_to_handle_at', 'lookup_dcookie', 'personality', 'fanotify_init',
]; // biome-ignore format: a table
const namespaces = ['unshare', 'setns', 'mount', 'umount', 'pivot_root', 'chroot'];
const sockets = ['socket', 'connect', 'bind', 'listen', 'accept', 'accept4'];
/** Any of the CLONE_NEW* bits: time 0x80, mount, cgroup, uts, ipc, user, pid, net. */
const cloneNamespaceBits = '0x7E020080';

/** The kafel program of a seccomp setting; undefined where nothing is filtered. */
export const kafelOf = (seccomp: Seccomp): string | undefined => {
  if (seccomp === 'none') return undefined;
  if (typeof seccomp === 'object') return seccomp.kafel;
  if (seccomp === 'nesting')
    return `POLICY jail { ERRNO(1) { ${[...kernelInterfaces, ...sockets].join(', ')} } } USE jail DEFAULT ALLOW`;
  const denied = [...kernelInterfaces, ...sockets, ...namespaces].join(', ');
  // clone3 passes its flags by pointer, where a filter can't look: ENOSYS makes libc fall back to clone.
  const clone = `clone(flags) { (flags & ${cloneNamespaceBits}) != 0 }`;
  return `POLICY jail { ERRNO(1) { ${denied}, ${clone} }, ERRNO(38) { clone3 } } USE jail DEFAULT ALLOW`;
};
