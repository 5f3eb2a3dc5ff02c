import { interruptedLines } from '../../../client/cli/trouble-lines.js';

const step = (workflowId: string, goesOn: boolean) => ({ step: 'sample', workflowId, attempt: 2, goesOn });

describe('interrupted steps', () => {
  it('are told once a step, as what they are', () => {
    expect(interruptedLines([step('a', true), step('b', true), step('c', false)])).toEqual([
      'interrupted: sample, when its worker was stopped; what was finished is kept, and it is under way again (2 of them)',
      'interrupted: sample, when its worker was stopped; what was finished is kept, and it goes on once a worker takes it',
    ]);
    expect(interruptedLines([])).toEqual([]);
  });
});
