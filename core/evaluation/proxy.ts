import type { ChatMessage } from '../../contract/completion.js';
import type { Task } from '../../contract/task.js';
import { shuffled } from '../random.js';

/** What a proxy model is shown: the rationale, none (empty), or one of another problem (shuffled). The last two are its floors. */
export const proxyConditions = ['rationale', 'empty', 'shuffled'] as const;
export type ProxyCondition = (typeof proxyConditions)[number];

export interface Rationale {
  taskId: string;
  index: number;
  problemId: string;
  text: string;
}

const system =
  'You repair Python programs. Follow the explanation where there is one, and give the whole fixed program in one ' +
  'python code block, and nothing else.';

/** The problem and the rationale only: no trace, no error, no fix (NExT, proxy-based evaluation). */
export const proxyMessages = (task: Task, rationale: string): ChatMessage[] => [
  { role: 'system', content: system },
  {
    role: 'user',
    content: [
      `Intent: ${task.intent.trim()}`,
      `Buggy program:\n\`\`\`python\n${(task.buggy ?? '').trimEnd()}\n\`\`\``,
      `Tests:\n${task.tests.map((test) => test.trim()).join('\n')}`,
      ...(rationale.trim() === '' ? [] : [`Explanation: ${rationale.trim()}`]),
    ].join('\n\n'),
  },
];

/** The text before an answer's first fence: the rationale alone, never the fix. */
export const rationaleOf = (completion: string): string => (completion.split(/^[ \t]*```/m)[0] ?? '').trim();

/**
 * What each rationale becomes under a condition. Shuffled ones come from another problem, drawn by seed; where there is a
 * single problem there is none to take, which is a RangeError.
 */
export const conditioned = (rationales: readonly Rationale[], condition: ProxyCondition, seed: string): Rationale[] => {
  if (condition === 'rationale') return [...rationales];
  if (condition === 'empty') return rationales.map((one) => ({ ...one, text: '' }));
  const order = shuffled(rationales, `${seed}/shuffled-rationales`);
  return rationales.map((one, at) => {
    for (let step = 0; step < order.length; step++) {
      const other = order[(at + step) % order.length];
      if (other && other.problemId !== one.problemId) return { ...one, text: other.text };
    }
    throw new RangeError('a shuffled rationale needs a second problem');
  });
};
