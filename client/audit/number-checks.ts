import type { Manifest } from '../../contract/manifest.js';
import { type Task, taskSchema } from '../../contract/task.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { digestOf } from '../../core/hash/digest.js';
import { bestCheckpoint } from '../../core/select/best.js';
import { scoreVerdicts, summariseScore } from '../../core/statistics/score.js';
import { type AuditCheck, type AuditFault, tally } from './check.js';
import { type DrawTally, readDraw } from './draw-checks.js';
import { drawsOf, type SealedDraw } from './draws.js';
import type { NumberChecks } from './number-check-set.js';
import type { AuditRecord, Link } from './record.js';
import { type RowChecks, readRows } from './rows.js';
import { checkTraining } from './training-check.js';

/** Reads every sample and verdict under a link, and computes from them every number that its manifest holds. */
export const checkNumbers = async (
  record: AuditRecord,
  checks: NumberChecks,
  link: Link,
  onRows?: (rows: number) => void,
): Promise<void> => {
  const { content } = link.manifest;
  const tallies: { draw: SealedDraw; tally: DrawTally }[] = [];
  for (const draw of drawsOf(content)) {
    const tasks = draw.problems && (await tasksOf(record, checks, link, draw));
    const taskIds = tasks && new Set(tasks.map(({ id }) => id));
    const one = await readDraw(record, checks, { link: link.name, draw, taskIds, onRows });
    tallies.push({ draw, tally: one });
    if (draw.score && tasks && one.whole) tally(checks.scores, await scoreFault({ link, draw, tasks, one }));
    if (draw.name === 'train') await checkTraining(record, checks, link, one);
    one.verdicts = [];
  }
  checkCounts(checks.counts, link, tallies);
};

const tasksOf = async (
  record: AuditRecord,
  checks: RowChecks,
  { name }: Link,
  { name: draw, problems }: SealedDraw,
): Promise<Task[] | undefined> => {
  if (!problems) return undefined;
  return await readRows(record, checks, { ref: problems.tasks, schema: taskSchema, link: name, what: `${draw} tasks` });
};

interface Scored {
  link: Link;
  draw: SealedDraw;
  tasks: Task[];
  one: DrawTally;
}

/** pass@k and its intervals must be the sealed ones to the last digit, and the score object what follows from the rows. */
const scoreFault = async ({ link, draw, tasks, one }: Scored): Promise<AuditFault | undefined> => {
  const { score } = draw;
  if (!score) return undefined;
  const fault = (what: string) => ({ link: link.name, object: score.score, what: `${draw.name}: ${what}` });
  const again = scoreVerdicts(
    tasks,
    one.verdicts,
    score.passAtK.map(({ k }) => k),
  );
  const summary = { score: digestOf(canonicalJson(again)), ...summariseScore(again) };
  if (canonicalJson(summary) === canonicalJson(score)) return undefined;
  const { score: digest, ...numbers } = summary;
  const { score: sealed, ...sealedNumbers } = score;
  if (canonicalJson(numbers) === canonicalJson(sealedNumbers))
    return fault(`the rows give score object ${digest}, and ${sealed} was sealed`);
  return fault(`the rows give ${canonicalJson(numbers)}, and ${canonicalJson(sealedNumbers)} was sealed`);
};

const checkCounts = (check: AuditCheck, link: Link, tallies: { draw: SealedDraw; tally: DrawTally }[]): void => {
  const counted = tallies.filter(({ draw }) => draw.counted);
  if (counted.some(({ tally: one }) => !one.whole)) return;
  for (const [name, sealed] of Object.entries(link.manifest.content.counts)) {
    const sum = counted.reduce((so, { tally: one }) => so + (one.counts[name as keyof DrawTally['counts']] ?? 0), 0);
    const what = `the rows give ${name} ${sum}, and ${sealed} was sealed`;
    tally(check, sum === sealed ? undefined : { link: link.name, object: link.entry.manifest, what });
  }
};

/** The campaign's end names the round with the best dev pass@1, the base among them. */
export const checkBest = (check: AuditCheck, links: readonly Link[]): void => {
  const chain = links.filter(({ counts }) => counts);
  const end = chain.find(({ entry }) => entry.kind === 'campaign');
  if (end?.manifest.content.best === undefined) return;
  const checkpoints = chain.flatMap(({ manifest }) => checkpointOf(manifest.content));
  const best = checkpoints.length > 0 ? bestCheckpoint(checkpoints).round : undefined;
  const what = `best is round ${end.manifest.content.best}, and round ${best} has the best dev pass@1`;
  tally(check, best === end.manifest.content.best ? undefined : { link: 'campaign', object: end.entry.manifest, what });
};

const checkpointOf = ({ kind, round, evaluations }: Manifest['content']): { round: number; devPassAt1: number }[] => {
  const dev = evaluations.find(({ name }) => name === (kind === 'base' ? 'base-dev' : 'dev'));
  const first = dev?.score.passAtK.find(({ k }) => k === 1);
  if (kind === 'campaign' || !dev) return [];
  return [{ round, devPassAt1: first && 'mean' in first ? first.mean : 0 }];
};
