import { trainingRowSchema } from '../../contract/rows.js';
import { tally } from './check.js';
import { type DrawTally, rowKey } from './draw-checks.js';
import { faultIn } from './fault-in.js';
import type { NumberChecks } from './number-check-set.js';
import type { AuditRecord, Link } from './record.js';
import { readRows } from './rows.js';

/** Each training example is a sample of this round that the rules may keep; what was left out adds up to the rest. */
export const checkTraining = async (
  record: AuditRecord,
  checks: NumberChecks,
  link: Link,
  drawn: DrawTally,
): Promise<void> => {
  const { training, selection, configuration } = link.manifest.content;
  if (!training || !drawn.whole) return;
  const of = { link: link.name, what: 'training set' };
  const rows = await readRows(record, checks, { ref: training, schema: trainingRowSchema, ...of });
  if (!rows) return;
  const fault = (what: string) => ({ link: link.name, object: training.digest, what: `training set: ${what}` });
  const wantsPasses = (await keepRule(record, configuration)) !== 'failing';
  const seen = new Set<string>();
  const wrong = rows.find((row) => {
    const key = rowKey(row);
    return seen.has(key) || !seen.add(key) || drawn.passed.has(key) !== wantsPasses;
  });
  const named = `sample ${wrong?.index} of task ${wrong?.taskId}`;
  tally(checks.selection, wrong ? fault(`${named} is in it twice, or did not pass`) : undefined);
  if (!selection) return;
  const solved = new Set(rows.map(({ taskId }) => taskId)).size;
  const leftOut = Object.values(selection.leftOut).reduce((sum, count) => sum + count, 0);
  const adds = solved === selection.tasksSolved && rows.length + leftOut === drawn.counts.samples;
  const sums = `${rows.length} kept of ${solved} tasks and ${leftOut} left out do not add up to what was sealed`;
  tally(checks.selection, adds ? undefined : fault(sums));
};

/** `selection.keep` as it was configured; read without its schema, which may have changed since. */
const keepRule = async (record: AuditRecord, configuration: string): Promise<unknown> => {
  try {
    const config = JSON.parse((await record.read(configuration)).toString('utf8')) as {
      selection?: { keep?: unknown };
    };
    return config.selection?.keep;
  } catch (error) {
    return faultIn(error);
  }
};
