import { findClaims } from '../../../core/faithfulness/claims.js';

const said = (rationale: string): string[] =>
  findClaims(rationale).map(({ about, name, value }) => `${about}${name === undefined ? '' : ` ${name}`} ${value}`);

describe('findClaims', () => {
  it.each([
    ['After the loop, x is 3.', ['variable x 3']],
    ['the trace shows `gap = 2` at step 5', ['variable gap 2']],
    ['The function returns [1, 2], but should return [2, 1].', ['returned [1,2]', 'expected [2,1]']],
    ['It returned 3 instead of 5.', ['returned 3', 'expected 5']],
    ['It should return 5 instead of 3.', ['expected 5', 'returned 3']],
    ["The result is 4 while the expected output is 'abc'", ['variable result 4', 'expected "abc"']],
    ['The test expects None.', ['expected None']],
    ['total becomes 7 and count stays 0', ['variable total 7', 'variable count 0']],
  ])('finds in %j', (rationale, claims) => {
    expect(said(rationale)).toEqual(claims);
  });

  it.each([
    'The loop stops one element early.',
    'It fails if x is 3.',
    'Change the start to i = 1.',
    'x is not 3',
    'The comparison x == 3 is the wrong way round.',
    'Set total = 0 before the loop.',
    'range(n) is a list of numbers',
  ])('finds no claim of what happened in %j', (rationale) => {
    expect(said(rationale)).toEqual([]);
  });
});
