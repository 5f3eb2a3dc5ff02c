import { readTasks } from '../adapters/data/rows.js';
import { resourcePath } from '../adapters/paths.js';
import { refusedTrace } from '../adapters/sandbox/tracer-result.js';
import type { ChatMessage } from '../contract/completion.js';
import type { Task } from '../contract/task.js';
import { repairMessages } from '../core/prompt/repair.js';

/** Few-shot prompts of starter tasks without traces, to measure the engine's speed on before anything is traced. */
export const speedPrompts = async (): Promise<(request: number) => ChatMessage[]> => {
  const withTrace = (task: Task) => ({ task, trace: refusedTrace(task, 'only the speed of its answer counts') });
  const shots = (await readTasks(resourcePath('starter', 'shots.jsonl'))).map(withTrace);
  const tasks = (await readTasks(resourcePath('starter', 'tasks.jsonl'))).filter(({ split }) => split === 'train');
  return (request) => {
    const task = tasks[(request * 37) % tasks.length];
    if (!task) throw new RangeError('the starter set has no train tasks');
    return repairMessages(withTrace(task), shots, 'none', () => '');
  };
};
