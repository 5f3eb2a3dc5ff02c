import {
  changesBetween,
  leavesOf,
  packagesOfLock,
  packagesOfRequirements,
  rowChanges,
} from '../../../core/audit/diff.js';

describe('what differs between two campaigns', () => {
  it('is told by the path of each setting, with what only one side has', () => {
    const a = leavesOf({ sampling: { n: 32, stop: ['x', 'y'] }, seed: '1', shots: [{ id: 'one' }] });
    const b = leavesOf({ sampling: { n: 8, stop: ['x', 'y'] }, seed: '1', name: 'other' });
    expect(changesBetween(a, b)).toEqual([
      { what: 'sampling.n', a: '32', b: '8' },
      { what: 'shots.0.id', a: 'one' },
      { what: 'name', b: 'other' },
    ]);
    expect(changesBetween(a, a)).toEqual([]);
  });

  it('tells null from an absent setting and from the word', () => {
    expect(changesBetween(leavesOf({ limit: null }), leavesOf({}))).toEqual([{ what: 'limit', a: 'null' }]);
    expect(leavesOf({ empty: {}, none: [] })).toEqual(new Map([['none', '[]']]));
  });

  it('is a package by its version, of either language', () => {
    const lock = { packages: { '': { version: '1' }, 'node_modules/zod': { version: '4.0.0' }, 'node_modules/x': {} } };
    expect(packagesOfLock(JSON.stringify(lock))).toEqual(new Map([['npm zod', '4.0.0']]));
    const pins = { 'base.txt': '# head\ntorch==2.5.1 \\\n    --hash=sha256:00\nnumpy==2.1.0 ; python_version > "3"\n' };
    expect([...packagesOfRequirements(JSON.stringify(pins))]).toEqual([
      ['python torch (base.txt)', '2.5.1'],
      ['python numpy (base.txt)', '2.1.0'],
    ]);
  });

  it('is a task that one side alone has, or that has other content', () => {
    const row = (id: string, buggy = 'x') => ({ id, buggy });
    const changes = rowChanges([row('1'), row('2'), row('3')], [row('4'), row('3'), row('2', 'y')], JSON.stringify);
    expect(changes).toEqual({ onlyA: ['1'], onlyB: ['4'], changed: ['2'] });
  });
});
