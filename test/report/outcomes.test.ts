import { outcomesOf, sharesOf } from '../../report/outcomes.js';

const round = {
  round: 1,
  drawn: 100,
  passed: 20,
  none: 2,
  reasons: { ok: 20, unparsable: 30, assertion: 48 },
  flakyTasks: {},
};

it('gives every drawn sample one outcome', () => {
  expect(outcomesOf({ ...round, kept: 15, keeps: 'passing' })).toEqual({
    'kept for training': 15,
    'passed, left out': 5,
    failed: 48,
    'no program that parses': 30,
    'no verdict': 2,
  });
});

it("takes a control arm's training samples from those that failed", () => {
  expect(outcomesOf({ ...round, kept: 15, keeps: 'failing' })).toMatchObject({ 'passed, left out': 20, failed: 33 });
});

it('has no share of nothing drawn', () => {
  const none = sharesOf({
    round: 1,
    drawn: 0,
    passed: 0,
    none: 0,
    reasons: {},
    flakyTasks: {},
    kept: 0,
    keeps: 'passing',
  });
  expect(none.every(({ share }) => share === 0)).toBe(true);
});
