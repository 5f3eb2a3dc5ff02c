import { taskFilesOf } from '../../adapters/data/problem-files.js';
import { readTasks } from '../../adapters/data/rows.js';
import { isRepairTask, type Task } from '../../contract/task.js';
import { countBy } from '../../core/data/count.js';

// Made by: npx nextune data build starter/problems -o starter/tasks.jsonl --seed 1
let problems: Task[];
let tasks: Task[];
beforeAll(async () => {
  problems = (await Promise.all((await taskFilesOf(['starter/problems'])).map(readTasks))).flat();
  tasks = await readTasks('starter/tasks.jsonl');
});

const byProblem = (): Task[][] =>
  [...new Set(tasks.map(({ problemId }) => problemId))].map((id) => tasks.filter((task) => task.problemId === id));

test('there are at least 800 repair tasks, from every problem', () => {
  expect(tasks.length).toBeGreaterThanOrEqual(800);
  expect(tasks.filter((task) => !isRepairTask(task))).toEqual([]);
  expect(new Set(tasks.map(({ problemId }) => problemId))).toEqual(new Set(problems.map(({ id }) => id)));
});

test('each task is its problem with a bug', () => {
  const byId = new Map(problems.map((problem) => [problem.id, problem]));
  for (const { id, buggy, mutation, ...rest } of tasks) {
    expect(rest).toEqual({ ...byId.get(rest.problemId), id: undefined, buggy: undefined });
    expect(id).toMatch(new RegExp(`#${(mutation as { operator: string }).operator}-\\d+$`));
    expect(buggy).not.toBe(rest.reference);
  }
});

test('no problem stands in two splits', () => {
  for (const group of byProblem()) expect(new Set(group.map(({ split }) => split)).size).toBe(1);
});

test('the bugs of a problem differ, and a few-shot problem has one', () => {
  for (const group of byProblem()) {
    expect(new Set(group.map(({ buggy }) => buggy)).size).toBe(group.length);
    expect(group.length).toBeLessThanOrEqual(group[0]?.split === 'fewshot' ? 1 : 4);
  }
});

test('bugs spread over the operators: many kinds, none more than a sixth', () => {
  const counts = Object.values(countBy(tasks, ({ mutation }) => (mutation as { operator: string }).operator));
  expect(counts.length).toBeGreaterThanOrEqual(18);
  expect(Math.max(...counts)).toBeLessThan(tasks.length / 6);
});
