import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupRecordSchema } from '../../contract/completion.js';
import type { FakeEndpoint } from '../fakes/endpoint.js';

/** Texts of every recorded group, as a state folder's ledger holds them now: there may be none yet, nor a folder of them. */
const recordedTexts = (stateDir: string): Set<string> => {
  const dir = join(stateDir, 'ledger');
  if (!existsSync(dir)) return new Set();
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const records = files.map((file) => groupRecordSchema.parse(JSON.parse(readFileSync(join(dir, file), 'utf8'))));
  return new Set(records.map((record) => record.completions.map(({ text }) => text).join('\n')));
};

/**
 * From now on: requests that came in once more when an answer to them was on disk already. One that is asked twice at a time,
 * as by an attempt that the server gave up while it was down and by the next, is none: nothing was recorded yet.
 */
export const askedThoughRecorded = (endpoint: FakeEndpoint, stateDir: string): string[] => {
  const found: string[] = [];
  const answers = new Map<string, string>();
  endpoint.onAnswer = (body, texts) => void answers.set(body, texts.join('\n'));
  endpoint.onAsk = (body) => {
    const answer = answers.get(body);
    if (answer !== undefined && recordedTexts(stateDir).has(answer)) found.push(body);
  };
  return found;
};
