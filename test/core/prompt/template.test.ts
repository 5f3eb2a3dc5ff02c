import { repairMessages } from '../../../core/prompt/repair.js';
import { repairTask } from '../../fakes/tasks.js';
import { traceOf } from '../../fakes/traces.js';

const annotate = (): string => 'def add(a, b):  # (0) a=1; b=2;\n    return a - b  # (1) __return__=-1;\n';

describe('repairMessages', () => {
  const problem = { task: repairTask('p'), trace: traceOf(repairTask('p')) };
  const shot = { task: repairTask('shot', { rationale: 'Minus should be plus.' }), trace: traceOf(repairTask('shot')) };

  it('shows intent, annotated program, visible tests and how the first failing test ended', () => {
    const [, user] = repairMessages(problem, [], 'inline', annotate);
    expect(user?.content).toContain('Intent: Return the sum of two numbers (p).');
    expect(user?.content).toContain('# (0) a=1; b=2;');
    expect(user?.content).toContain('assert add(-1, 1) == 0');
    expect(user?.content).toContain('It ended with: AssertionError(), for the call returned -1');
  });

  it('never shows a hidden test or the reference', () => {
    const text = JSON.stringify(repairMessages(problem, [shot], 'inline', annotate).at(-1));
    expect(text).not.toContain('add(10, 5)');
    expect(text).not.toContain('a + b');
  });

  it('gives each shot as an earlier turn with rationale and fix', () => {
    const messages = repairMessages(problem, [shot], 'inline', annotate);
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[2]?.content).toBe('Minus should be plus.\n\n```python\ndef add(a, b):\n    return a + b\n```');
  });

  it('asks for the fix alone without rationales, in shots too', () => {
    const messages = repairMessages(problem, [shot], 'inline', annotate, false);
    expect(JSON.stringify(messages)).not.toContain('Minus should be plus');
    expect(messages[0]?.content).not.toContain('wrong');
    expect(messages[2]?.content).toBe('```python\ndef add(a, b):\n    return a + b\n```');
  });

  it('leaves the program as it is without a trace', () => {
    const [, user] = repairMessages(problem, [], 'none', annotate);
    expect(user?.content).toContain('```python\ndef add(a, b):\n    return a - b\n```');
  });

  it('falls back to the plain program where no trace could be made, and claims no observation', () => {
    const refused = { task: repairTask('p'), trace: traceOf(repairTask('p'), { refused: 'does not parse' }) };
    const [, user] = repairMessages(refused, [], 'inline', annotate);
    expect(user?.content).not.toContain('# (0)');
    expect(user?.content).not.toContain('First failing test');
  });
});
