import type { Verdict } from '../../contract/verdict.js';

/** How many verdicts flipped between a candidate's two runs, by task: its tests or limits are worth a look. */
export const flakyByTask = (verdicts: readonly Pick<Verdict, 'taskId' | 'reason'>[]): Record<string, number> => {
  const flips: Record<string, number> = {};
  for (const { taskId, reason } of verdicts) if (reason === 'flaky') flips[taskId] = (flips[taskId] ?? 0) + 1;
  return flips;
};

/** `task-1 (2), task-2 (1), and 3 more`: the first tasks by id. */
export const flakyWords = (flips: Readonly<Record<string, number>>, shown = 20): string => {
  const ids = Object.keys(flips).sort();
  const named = ids.slice(0, shown).map((id) => `${id} (${flips[id]})`);
  return [...named, ...(ids.length > shown ? [`and ${ids.length - shown} more`] : [])].join(', ');
};
