import { countJest, countPytest, summaryLine, total } from '../../scripts/counts.mjs';

const report = (change = {}) => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}] }],
  ...change,
});

test('a layer that passed counts its tests', () => {
  expect(countJest(report({ numPendingTests: 1 }), 0)).toEqual({ passed: 5, failed: 0, skipped: 1 });
});

test.each([
  ['wrote no report', undefined, 1],
  ['has a file that could not be loaded', report({ testResults: [{ status: 'failed', assertionResults: [] }] }), 1],
  ['ended badly though its tests passed', report(), 7],
])('a layer that %s counts as a failure', (_, result, status) => {
  expect(countJest(result, status).failed).toBe(1);
});

test('failed tests are counted once', () => {
  const testResults = [{ status: 'failed', assertionResults: [{}] }];
  expect(countJest(report({ numPassedTests: 3, numFailedTests: 2, testResults }), 1)).toEqual({
    passed: 3,
    failed: 2,
    skipped: 0,
  });
});

const xml =
  '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="1"></testsuite></testsuites>';

test("pytest's report is read; without tests it is no failure, with a crash it is", () => {
  expect(countPytest(xml, 1)).toEqual({ passed: 4, failed: 3, skipped: 3 });
  expect(countPytest('', 5)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  expect(countPytest('', 3)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the last line is plain, and names skipped tests only if there are any', () => {
  const all = total([
    { passed: 2, failed: 0, skipped: 0 },
    { passed: 3, failed: 1, skipped: 0 },
  ]);
  expect(summaryLine(all)).toBe('5 passed, 1 failed');
  expect(summaryLine({ ...all, skipped: 2 })).toBe('5 passed, 1 failed, 2 skipped');
});
