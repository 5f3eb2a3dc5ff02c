import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupRecordSchema } from '../../contract/completion.js';

/** Texts of every recorded group, as a state folder's ledger holds them now: there may be none yet, nor a folder of them. */
export const recordedTexts = (stateDir: string): Set<string> => {
  const dir = join(stateDir, 'ledger');
  if (!existsSync(dir)) return new Set();
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const records = files.map((file) => groupRecordSchema.parse(JSON.parse(readFileSync(join(dir, file), 'utf8'))));
  return new Set(records.map((record) => record.completions.map(({ text }) => text).join('\n')));
};
