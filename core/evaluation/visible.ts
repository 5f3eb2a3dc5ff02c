import type { VerdictRow } from '../../contract/rows.js';

/**
 * What a verdict would be had only the visible tests counted. An answer that was judged without tests (unparsable,
 * unchanged) or without a verdict stays as it is.
 */
export const visibleVerdict = (row: VerdictRow): VerdictRow => {
  if (row.verdict !== 'fail' || row.tests.length === 0) return row;
  const passes = row.tests.filter(({ hidden }) => !hidden).every(({ outcome }) => outcome === 'ok');
  return passes ? { ...row, verdict: 'pass', reason: 'ok' } : row;
};
