import { objection } from '../../bootstrap/python.mjs';

const good = {
  command: 'python3',
  version: [3, 12, 1],
  implementation: 'CPython',
  bits: 64,
  libc: 'glibc',
  noGil: false,
  venv: true,
  ensurepip: true,
  pip: true,
};

describe('an interpreter to make the environment from', () => {
  test.each([10, 11, 12, 13, 14])('Python 3.%i is taken', (minor) => {
    expect(objection({ ...good, version: [3, minor, 0] }, 'linux')).toBeUndefined();
  });

  test.each([
    ['a Python too old', { version: [3, 9, 18] }, 'too old'],
    ['a Python newer than the locks', { version: [3, 15, 0] }, 'newer'],
    ['Python 2', { version: [2, 7, 18] }, 'too old'],
    ['another implementation', { implementation: 'PyPy' }, 'PyPy'],
    ['a 32-bit build', { bits: 32 }, '32-bit'],
    ['a free-threaded build', { noGil: true }, 'free-threaded'],
    ['a C library that PyTorch has no build for', { libc: '' }, 'glibc'],
    ['a missing venv module', { venv: false }, 'no venv module'],
    ['a venv module without any pip', { ensurepip: false, pip: false }, 'ensurepip'],
  ])('%s is refused with the reason', (_, change, reason) => {
    expect(objection({ ...good, ...change }, 'linux')).toContain(reason);
  });

  test('a missing ensurepip is no obstacle where the interpreter has pip itself', () => {
    expect(objection({ ...good, ensurepip: false }, 'linux')).toBeUndefined();
  });

  test('the C library matters on Linux only', () => {
    expect(objection({ ...good, libc: '' }, 'darwin')).toBeUndefined();
  });
});
