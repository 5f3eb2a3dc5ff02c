import type { TaskTrace } from '../../../contract/trace.js';
import { checkRationale, faithfulnessOf } from '../../../core/faithfulness/check.js';
import { summariseFaithfulness } from '../../../core/faithfulness/summary.js';
import { repairTask } from '../../fakes/tasks.js';
import { traceOf } from '../../fakes/traces.js';

const task = repairTask('p', { tests: ['assert add(1, 2) == 3', 'assert add(0, 0) == 0'] });
const event = (step: number, kind: 'assign' | 'return', changes: [string, string][]) => ({
  step,
  kind,
  unit: 'program' as const,
  call: 0,
  line: 1,
  lastLine: 1,
  loopHead: false,
  changes,
});
const events = [
  event(0, 'assign', [['x', '3']]),
  event(1, 'assign', [['x', '4']]),
  event(2, 'return', [['__return__', '-1']]),
];
const check = (rationale: string, overrides: Partial<TaskTrace> = {}): string[] =>
  checkRationale(rationale, {
    task,
    trace: traceOf(task, { events, skipped: [], truncated: null, returned: '-1', refused: null, ...overrides }),
  }).map(({ status }) => status);

describe('checkRationale', () => {
  it.each([
    ['a value that the variable had at any time', 'x is 3', 'supported'],
    ['a value that it never had', 'x is 5', 'contradicted'],
    ['a variable that the trace does not know', 'y is 5', 'notCheckable'],
    ['what the call returned', 'it returns -1', 'supported'],
    ['what it did not return', 'it returns 7', 'contradicted'],
    ['what a visible test expects', 'the expected output is 0', 'supported'],
    ['what no visible test expects', 'the expected output is 15', 'contradicted'],
  ])('%s', (_, rationale, status) => {
    expect(check(rationale)).toEqual([status]);
  });

  it('contradicts nothing where the trace is cut short, skips visits, or has a value cut in the middle', () => {
    expect(check('x is 5', { truncated: 'events' })).toEqual(['notCheckable']);
    expect(check('x is 5', { skipped: [{ unit: 'program', lastLine: 1, count: 9 }] })).toEqual(['notCheckable']);
    expect(check('x is 5', { events: [event(0, 'assign', [['x', '[1, 2, ...8, 9]']])] })).toEqual(['notCheckable']);
  });

  it('checks expectations even where no trace could be made', () => {
    expect(check('it returns 7, expected 3', { refused: 'does not parse' })).toEqual(['notCheckable', 'supported']);
  });
});

describe('a rationale as a whole', () => {
  const whole = (rationale: string) =>
    faithfulnessOf(checkRationale(rationale, { task, trace: traceOf(task, { events, returned: '-1' }) }));

  it('is contradicted by one false claim, however many are true', () => {
    expect(whole('x is 3 and it returns -1, expected 15.')).toBe('contradicted');
  });

  it('is unchecked where nothing could be checked', () => {
    expect(whole('The loop stops early.')).toBe('unchecked');
  });

  it('is counted claim by claim and rationale by rationale', () => {
    const checked = ['x is 3; x is 9.', 'x is 4', 'y is 1'].map((text) =>
      checkRationale(text, { task, trace: traceOf(task, { events, returned: '-1' }) }),
    );
    expect(summariseFaithfulness(checked)).toEqual({
      rationales: 3,
      claims: { supported: 2, contradicted: 1, notCheckable: 1 },
      byRationale: { supported: 1, contradicted: 1, unchecked: 1 },
    });
  });
});
