import { accessSync, constants, existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** A place for a jail's control group: one folder of the unified hierarchy, or one a controller of the older kind. */
export type Cgroup = { version: 'v2'; path: string } | { version: 'v1'; memory: V1Place; pids: V1Place };
interface V1Place {
  mount: string;
  /** Our own group below the mount, so that what limits us also limits the jail. */
  parent: string;
}

/** The kernel's accounts that say where control groups are; `read` gives a file's text, or undefined. */
interface Hierarchy {
  mountinfo: string;
  self: string;
}

interface CgroupMount {
  root: string;
  target: string;
  type: string;
  options: string[];
}

/** proc_pid_mountinfo(5): … root target options … - type source superoptions. */
const cgroupMounts = (mountinfo: string): CgroupMount[] =>
  mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, target] = before.split(' ');
    const [type = '', , options = ''] = after.split(' ');
    if (root === undefined || target === undefined || !type.startsWith('cgroup')) return [];
    return [{ root, target, type, options: options.split(',') }];
  });

/** Our own group's folder below a mount that may show only a part of the tree, as in a container. */
const ownBelow = ({ root }: CgroupMount, group: string): string => {
  const below = relative(root, group);
  return below.startsWith('..') ? '' : below;
};

/** Places in order of preference, from the kernel's accounts alone: whether they can be used is another question. */
export const cgroupPlaces = ({ mountinfo, self }: Hierarchy): Cgroup[] => {
  const mounts = cgroupMounts(mountinfo);
  const groups = self.split('\n').map((line) => line.split(':'));
  const groupOf = (controller: string): string =>
    groups
      .find(([, names]) => (names ?? '').split(',').includes(controller))
      ?.slice(2)
      .join(':') ?? '/';
  const places: Cgroup[] = [];
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  if (unified) {
    const own = join(unified.target, ownBelow(unified, groupOf('')));
    for (let path = own; path.startsWith(unified.target); path = dirname(path)) places.push({ version: 'v2', path });
  }
  const [memory, pids] = ['memory', 'pids'].map((name) => {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(name));
    return mount && { mount: mount.target, parent: ownBelow(mount, groupOf(name)) };
  });
  if (memory && pids) places.push({ version: 'v1', memory, pids });
  return places;
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const isWritable = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

const foldersOf = (place: Cgroup): string[] =>
  place.version === 'v2' ? [place.path] : [place.memory, place.pids].map(({ mount, parent }) => join(mount, parent));

/** In v2 a group hands down only what its subtree_control names, and that can't be changed where processes are. */
const isUsable = (place: Cgroup): boolean => {
  if (place.version === 'v1') return foldersOf(place).every(isWritable);
  const handedDown = read(join(place.path, 'cgroup.subtree_control')).trim().split(' ');
  const writable = isWritable(place.path) && isWritable(join(place.path, 'cgroup.procs'));
  return writable && ['memory', 'pids'].every((controller) => handedDown.includes(controller));
};

/** Where this user may make control groups; undefined where nowhere. `probe` tries whether they hold. */
export const findCgroup = (): Cgroup | undefined =>
  cgroupPlaces({ mountinfo: read('/proc/self/mountinfo'), self: read('/proc/self/cgroup') }).find(isUsable);

/** A zombie waits for whoever inherited it to take note; it is in no group any more. */
const isAlive = (pid: string): boolean => /^State:\s+[^ZX]/m.test(read(`/proc/${pid}/status`));

/** Removes groups whose jail is gone: a killed nsjail can't. A group with a process in it can't be removed. */
export const sweepCgroups = (place: Cgroup): string[] => {
  const swept: string[] = [];
  for (const folder of foldersOf(place)) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const pid = /^NSJAIL(?:_SELF)?\.(\d+)$/.exec(name)?.[1];
      if (pid === undefined || isAlive(pid)) continue;
      try {
        rmdirSync(join(folder, name));
        swept.push(join(folder, name));
      } catch {
        // Another sweep was faster, or another pid namespace's jail lives in it.
      }
    }
  }
  return swept;
};
