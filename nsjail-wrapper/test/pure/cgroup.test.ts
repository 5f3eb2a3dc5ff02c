import { cgroupPlaces } from '../../src/cgroup.js';

const unified = '31 25 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const older = (name: string, root = '/'): string =>
  `33 25 0:30 ${root} /sys/fs/cgroup/${name} rw,relatime - cgroup cgroup rw,${name}`;

describe('places for control groups', () => {
  it('in the unified hierarchy are our own group and those above it, nearest first', () => {
    expect(cgroupPlaces({ mountinfo: unified, self: '0::/user.slice/u.service' })).toEqual([
      { version: 'v2', path: '/sys/fs/cgroup/user.slice/u.service' },
      { version: 'v2', path: '/sys/fs/cgroup/user.slice' },
      { version: 'v2', path: '/sys/fs/cgroup' },
    ]);
  });

  it('in the older kind are below our own, so that what limits us limits the jail', () => {
    const mountinfo = [older('memory'), older('pids')].join('\n');
    const self = '8:pids:/\n4:memory:/a/b\n0::/';
    expect(cgroupPlaces({ mountinfo, self })).toEqual([
      {
        version: 'v1',
        memory: { mount: '/sys/fs/cgroup/memory', parent: 'a/b' },
        pids: { mount: '/sys/fs/cgroup/pids', parent: '' },
      },
    ]);
  });

  it('in a container, which sees a part of the tree, are within that part', () => {
    const mountinfo = [older('memory', '/docker/x'), older('pids', '/elsewhere')].join('\n');
    const [place] = cgroupPlaces({ mountinfo, self: '8:pids:/docker/x\n4:memory:/docker/x/in' });
    expect(place).toMatchObject({ memory: { parent: 'in' }, pids: { parent: '' } });
  });

  it('are none where one of the two controllers is missing', () => {
    expect(cgroupPlaces({ mountinfo: older('memory'), self: '4:memory:/' })).toEqual([]);
    expect(cgroupPlaces({ mountinfo: '', self: '' })).toEqual([]);
  });
});
