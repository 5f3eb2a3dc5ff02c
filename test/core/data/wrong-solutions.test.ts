import type { Verdict } from '../../../contract/verdict.js';
import type { Answer } from '../../../core/data/hidden-tests.js';
import { type BehavingSolution, distinctBehaviours } from '../../../core/data/wrong-solutions.js';

const solution = (
  index: number,
  answers: Answer[],
  outcomes: ('ok' | 'assertion' | 'exception')[],
): BehavingSolution => ({
  bug: { program: `p${index}`, sampled: { model: 'small', index, alike: 0 } },
  answers,
  verdict: { tests: outcomes.map((outcome, at) => ({ index: at, hidden: false, outcome })) } as Verdict,
});

const copies = [
  solution(0, ['1', { near: '0.33333333333' }], ['assertion']),
  solution(1, ['1', { near: '0.33333333334' }], ['assertion']),
  solution(2, ['1', { near: '0.34' }], ['assertion']),
  solution(3, ['1', null], ['assertion']),
  solution(4, ['1', null], ['exception']),
  solution(5, ['1', null], ['ok']),
];

test('one program of each behaviour is left, and says how many others behave so', () => {
  const left = distinctBehaviours(copies, '1').map(({ bug }) => bug.sampled);
  expect(left).toHaveLength(4);
  expect(
    left.map(({ index, alike }) => `${index < 2 ? 'a' : index > 2 && index < 5 ? 'b' : index} ${alike}`).sort(),
  ).toEqual(['2 0', '5 0', 'a 1', 'b 1']);
});

test('which one is left, and in which order, is the seed’s', () => {
  const order = (seed: string) => distinctBehaviours(copies, seed).map(({ bug }) => bug.sampled.index);
  expect(order('1')).toEqual(order('1'));
  expect(new Set(['1', '2', '3', '4', '5', '6'].map((seed) => order(seed).join())).size).toBeGreaterThan(1);
});
