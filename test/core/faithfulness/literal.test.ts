import { canonicalLiteral, readLiteral } from '../../../core/faithfulness/literal.js';

describe('canonicalLiteral', () => {
  it.each([
    ['3.0', '3'],
    ['-1_000', '-1000'],
    ['[1, 2,3]', '[1,2,3]'],
    ["'a\\'b'", '"a\'b"'],
    ['"x"', '"x"'],
    ['(1,)', '(1)'],
    ['(1)', '1'],
    ['{2, 1}', 'set{1,2}'],
    ["{'b': [1], 'a': None}", '{"a":None,"b":[1]}'],
    ['{}', '{}'],
    ['[]', '[]'],
    ['12345678901234567890', '12345678901234567890'],
  ])('reads %s', (text, canonical) => {
    expect(canonicalLiteral(text)).toBe(canonical);
  });

  it.each(['x', '1 + 2', '[1, ...8, 9]', "{'a': 1, ...}", '[1 2]', '3rd', "'open", '[', '<object>'])(
    'refuses %s, which is none',
    (text) => {
      expect(canonicalLiteral(text)).toBeUndefined();
    },
  );

  it('takes no full stop that ends a sentence', () => {
    expect(readLiteral('3. Then')).toEqual({ canonical: '3', length: 1 });
  });

  it('tells True from 1', () => {
    expect(canonicalLiteral('True')).not.toBe(canonicalLiteral('1'));
  });
});
