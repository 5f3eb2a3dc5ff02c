import { createInterface } from 'node:readline/promises';
import type { Task } from '../../contract/task.js';
import type { Rating } from '../../core/rating/agreement.js';
import type { BlindPair } from '../../core/rating/pairs.js';
import { appendRating, readRatings } from '../evaluate/ratings.js';
import { print } from './output.js';

interface RatingWork {
  pairs: BlindPair[];
  tasks: Task[];
  rater: string;
  /** Where the answers are kept. */
  path: string;
}

/** Shows a rater the pairs that are open. Each answer is on disk before the next question; what is answered is not asked again. */
export const rateOpenPairs = async ({ pairs, tasks, rater, path }: RatingWork): Promise<void> => {
  let answeredNow = 0;
  const answered = new Set((await readRatings(path)).filter((one) => one.rater === rater).map(({ pair }) => pair));
  const open = pairs.filter(({ pair }) => !answered.has(pair));
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const lines = terminal[Symbol.asyncIterator]();
  for (const [at, pair] of open.entries()) {
    const task = tasks.find(({ id }) => id === pair.taskId);
    if (!task) continue;
    showPair(pair, task, `pair ${at + 1} of ${open.length}`);
    const choice = await choose(lines);
    if (choice === 'quit') break;
    if (choice === 'skip') continue;
    await appendRating(path, { rater, pair: pair.pair, problemId: task.problemId, choice: sideOf(choice, pair) });
    answeredNow += 1;
  }
  terminal.close();
  const left = open.length - answeredNow;
  if (left > 0) print(`\n${left} of ${pairs.length} pairs are left: the same command goes on with them`);
};

type Choice = 'first' | 'second' | 'tie';

/** Which of the two models was meant: the rater sees them in a drawn order. */
const sideOf = (choice: Choice, { aFirst }: BlindPair): Rating['choice'] => {
  if (choice === 'tie') return 'tie';
  return (choice === 'first') === aFirst ? 'a' : 'b';
};

const showPair = ({ a, b, aFirst }: BlindPair, task: Task, title: string): void => {
  print(`\n${title}\n\n${task.intent}\n\n${(task.buggy ?? '').trimEnd()}\n\n${task.tests.join('\n')}`);
  print(`\n[1] ${(aFirst ? a : b).text}\n\n[2] ${(aFirst ? b : a).text}\n`);
};

const answers: Record<string, Choice> = { '1': 'first', '2': 'second', t: 'tie' };

const choose = async (lines: AsyncIterator<string>): Promise<Choice | 'skip' | 'quit'> => {
  for (;;) {
    process.stderr.write('Which explains the bug better? 1, 2, t (tie), s (skip), q (quit): ');
    const { value, done } = await lines.next();
    const word = String(value ?? '')
      .trim()
      .toLowerCase();
    if (done || word === 'q') return 'quit';
    if (word === 's') return 'skip';
    const choice = answers[word];
    if (choice) return choice;
  }
};
