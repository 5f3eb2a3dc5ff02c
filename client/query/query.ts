import { DuckDBInstance } from '@duckdb/node-api';
import { InputError } from '../../contract/failures.js';
import { ensureIndex } from './index-file.js';

export interface QueryResult {
  columns: string[];
  rows: unknown[][];
}

/** A campaign's tables, open for reading. */
export interface CampaignTables {
  /** @throws InputError with DuckDB's own words for a statement that it refuses */
  run(sql: string): Promise<QueryResult>;
  close(): void;
}

/** Opens `samples`, `verdicts`, `rounds`, `scores`, `spend` and `events`. No statement reaches a file or the network. */
export const openTables = async (stateDir: string, campaign: string): Promise<CampaignTables> => {
  const path = await ensureIndex(stateDir, campaign);
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return {
    async run(sql) {
      try {
        const reader = await connection.runAndReadAll(sql);
        return { columns: reader.columnNames(), rows: reader.getRowsJson() as unknown[][] };
      } catch (cause) {
        throw new InputError((cause as Error).message, { cause });
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
};
