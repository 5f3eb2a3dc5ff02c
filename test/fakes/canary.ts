import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';

/** A key that stands nowhere else, so that finding it anywhere means that it leaked. */
export const canary = 'canary-4f1d9c7e2b';

/** The variable that holds it. Its name may be found: that the search does find it is the search's own control. */
export const canaryVariable = 'NEXTUNE_TEST_KEY';

const contentOf = (path: string): Buffer => {
  const bytes = readFileSync(path);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
};

/** Paths of all files under a folder that hold a text, in any encoding of it that hides nothing: plain, base64, gzip. */
export const filesWith = (dir: string, text: string): string[] => {
  const forms = formsOf(text);
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(dir, name), { throwIfNoEntry: false })?.isFile())
    .filter((name) => {
      const content = contentOf(join(dir, name));
      return forms.some((form) => content.includes(form));
    })
    .sort();
};

/** As it stands, and as the middle of a longer text in base64, where its first byte may be at three places of a group. */
const formsOf = (text: string): string[] => [
  text,
  ...[0, 1, 2].map((before) => {
    const encoded = Buffer.from(`${'\0'.repeat(before)}${text}`).toString('base64');
    const from = Math.ceil((before * 4) / 3);
    const whole = Math.floor((before + text.length) / 3) * 4;
    return encoded.slice(from, whole);
  }),
];

/** A history as JSON has its payloads' bytes in base64: shown as the text that they hold. */
const payloadAsText = (key: string, value: unknown): unknown =>
  key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value;

/** Every history on a server, as it is exported. */
export const allHistories = async (client: Client): Promise<{ type: string; text: string }[]> => {
  const histories: { type: string; text: string }[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push({ type, text: JSON.stringify(history, payloadAsText) });
  }
  return histories;
};
