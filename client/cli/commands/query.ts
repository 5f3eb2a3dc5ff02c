import type { Command } from 'commander';
import { findCampaign } from '../../campaign-folder.js';
import { openTables, type QueryResult } from '../../query/query.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

export const register = (program: Command): void => {
  program
    .command('query')
    .description('SQL (DuckDB) over the tables samples, verdicts, rounds, scores, spend and events of a campaign')
    .argument('<sql>', `as in: SELECT round, "set", count(*) FROM verdicts WHERE verdict = 'pass' GROUP BY ALL`)
    .option('--campaign <id>', 'id or the beginning of one; the latest without it')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .option('--json', 'an array of objects')
    .action(runAction(query));
};

const query = async (
  sql: string,
  options: { campaign?: string; stateDir: string; json?: boolean },
): Promise<number> => {
  const { campaign } = await findCampaign(options.stateDir, options.campaign);
  const tables = await openTables(options.stateDir, campaign);
  try {
    const result = await tables.run(sql);
    if (options.json) printJson(objectsOf(result));
    else for (const line of linesOf(result)) print(line);
    return exitStatus.ok;
  } finally {
    tables.close();
  }
};

const objectsOf = ({ columns, rows }: QueryResult): Record<string, unknown>[] =>
  rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));

const widest = 60;

/** One line a row: a line break within a value is shown as `\n`, and a long one is cut. */
const cell = (value: unknown): string => {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).replace(/\n/g, '\\n');
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
};

const linesOf = ({ columns, rows }: QueryResult): string[] => {
  const table = [columns, ...rows.map((row) => row.map(cell))];
  const widths = columns.map((_, at) => Math.max(...table.map((row) => (row[at] ?? '').length)));
  return table.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};
