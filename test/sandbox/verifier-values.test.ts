import { aCandidate, limits, useVerifier } from './verifier-fixtures.js';

const identity = 'def solve(x):\n    return x';

/** Each is sent in, comes back, and is compared outside. */
const values = [
  'None', 'True', '0', '-1', '2 ** 62', '-(2 ** 63)', '10 ** 5000', '1.5', '-0.0', '1e308', '5e-324', '1 + 2j', '"text"',
  '"\\ud800 half"', '"\\x00\\n\\u2028"', 'b"\\x00\\xff"', '[]', '[1, [2, [3]]]', '()', '(1,)', '(1, [2])', 'set()',
  '{1, "a", (2,)}', 'frozenset({1})', '{}', '{1: 2}', '{(1, 2): [3], None: {4}}', '{True: 1, "True": 2}', '...',
  'bytearray(b"ab")', 'range(3, 9, 2)', 'Counter("aab")', 'OrderedDict(a=1)', 'defaultdict(int, a=1)', 'deque([1, 2])',
  'Decimal("1.10")', 'Fraction(1, 3)', 'date(2024, 2, 29)', 'datetime(2024, 2, 29, 1, 2)', 'timedelta(days=-1)', 'int',
]; // biome-ignore format: a table
const setup = `from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from datetime import date, datetime, timedelta
def same(a, b):
    return type(a) is type(b) and a == b and (type(a) is not float or repr(a) == repr(b))`;

/** What must not be taken for each other, though Python's == may. */
const different = [
  ['[1, 2]', '(1, 2)'],
  ['{1}', 'frozenset({1})'],
  ['1', '1.0'],
  ['True', '1'],
  ['0.0', '-0.0'],
  ['"1"', '1'],
  ['b"a"', '"a"'],
  ['{1: 2}', 'OrderedDict({1: 2})'],
] as const;

describe('values that cross between the jails', () => {
  const verifier = useVerifier();

  it.each(values)('%s comes back as it went', async (value) => {
    const tests = [`assert same(solve(${value}), ${value})`];
    const [verdict] = await verifier.get().verify([aCandidate(identity, { setup, tests })], limits);
    expect(verdict).toMatchObject({ verdict: 'pass', reason: 'ok' });
  });

  it.each(different)('%s does not come back as %s', async (sent, other) => {
    const tests = [`assert same(solve(${sent}), ${other})`];
    const [verdict] = await verifier.get().verify([aCandidate(identity, { setup, tests })], limits);
    expect(verdict).toMatchObject({ verdict: 'fail', reason: 'assertion' });
  });

  it('nan and the infinities come back as themselves', async () => {
    const program = 'def solve(x):\n    return [float("nan"), float("inf"), -float("inf")]';
    const tests = ['a, b, c = solve(1)\nassert a != a and b == float("inf") and c == -b'];
    const [verdict] = await verifier.get().verify([aCandidate(program, { tests })], limits);
    expect(verdict).toMatchObject({ verdict: 'pass' });
  });
});
