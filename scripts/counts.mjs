/** A layer that could not run to its end counts as one failure more than its tests say. */
const orBroken = (count, status) => (status !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count);

/** What a layer of jest did, from its JSON report; a file that could not be loaded is a failure. */
export const countJest = (report, status) => {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const notLoaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const skipped = report.numPendingTests + report.numTodoTests;
  return orBroken({ passed: report.numPassedTests, failed: report.numFailedTests + notLoaded, skipped }, status);
};

const noTestsCollected = 5;

/** What pytest did, from its JUnit report. */
export const countPytest = (xml, status) => {
  const of = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const failed = of('failures') + of('errors');
  const count = { passed: of('tests') - failed - of('skipped'), failed, skipped: of('skipped') };
  return status === noTestsCollected ? count : orBroken(count, status);
};

export const total = (counts) => {
  const sum = (key) => counts.reduce((so, count) => so + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
};

/** The plain line that whoever runs this reads. */
export const summaryLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
