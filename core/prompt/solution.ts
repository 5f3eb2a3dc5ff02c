import type { ChatMessage } from '../../contract/completion.js';
import type { Task } from '../../contract/task.js';

/** Bumped with every change of wording. */
export const solutionPromptVersion = 'solution-1';

const system =
  'You write Python programs. Give one whole program in one python code block, and nothing else: no tests, no examples.';

const user = ({ intent, entryPoint, tests, setup }: Task): string =>
  [
    intent.trim(),
    `Name the function ${entryPoint}. It must pass these tests:\n${tests.map((test) => test.trim()).join('\n')}`,
    ...(setup?.trim() ? [`The tests run after this code, which stands behind your program:\n${setup.trim()}`] : []),
  ].join('\n\n');

/** Messages that ask for a solution of a problem; each shot is a problem with its reference as the answer. */
export const solutionMessages = (problem: Task, shots: readonly Task[]): ChatMessage[] => [
  { role: 'system', content: system },
  ...shots.flatMap((shot): ChatMessage[] => [
    { role: 'user', content: user(shot) },
    { role: 'assistant', content: `\`\`\`python\n${(shot.reference ?? '').trimEnd()}\n\`\`\`` },
  ]),
  { role: 'user', content: user(problem) },
];
