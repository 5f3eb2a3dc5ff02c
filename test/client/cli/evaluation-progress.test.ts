import { evaluationLine } from '../../../client/cli/evaluation-progress.js';

const line = (done: number, recorded: number): string =>
  evaluationLine({ arm: 'with trace', done, total: 40, recorded }, 5000);

test('says how far, how fast and how long still', () => {
  expect(line(10, 0)).toBe('with trace: 10/40 samples, 2.0/s, 15s left');
});

test('answers from the ledger are counted, but are no measure of speed', () => {
  expect(line(30, 20)).toBe('with trace: 30/40 samples, 2.0/s, 5s left, 20 from the ledger');
});

test('nothing is promised before an answer has been asked for', () => {
  expect(line(0, 0)).toBe('with trace: 0/40 samples');
  expect(line(40, 40)).toBe('with trace: 40/40 samples, 40 from the ledger');
});
