import { readFindings } from '../../src/probe.js';

const confined = `status NoNewPrivs:\t1
status Seccomp:\t2
status CapEff:\t0000000000000000
status CapBnd:\t0000000000000000
net lo:       0       0
limit Max address space 402653184 402653184 bytes
limit Max processes 24 24 processes
process /proc/1
self 1
`;
const all = {
  noNewPrivileges: true,
  seccomp: true,
  noCapabilities: true,
  ownProcesses: true,
  noNetwork: true,
  limits: true,
};

describe('what a probe saw', () => {
  it('a confined process has all of it', () => {
    expect(readFindings(confined)).toEqual(all);
  });

  it.each([
    ['NoNewPrivs:\t1', 'NoNewPrivs:\t0', 'noNewPrivileges'],
    ['Seccomp:\t2', 'Seccomp:\t0', 'seccomp'],
    ['CapBnd:\t0000000000000000', 'CapBnd:\t000001ffffffffff', 'noCapabilities'],
    ['process /proc/1\n', 'process /proc/1\nprocess /proc/22\n', 'ownProcesses'],
    ['space 402653184 402653184', 'space 402653184 unlimited', 'limits'],
    ['processes 24 24', 'processes 24 96365', 'limits'],
    ['net lo:', 'net eth0: 1\nnet lo:', 'noNetwork'],
  ])('with %j as %j it lacks just that', (from, to, lacking) => {
    expect(readFindings(confined.replace(from, to))).toEqual({ ...all, [lacking]: false });
  });

  it('nothing seen is nothing held', () => {
    expect(Object.values(readFindings('')).some(Boolean)).toBe(false);
  });
});
