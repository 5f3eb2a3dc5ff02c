import type { GroupRequest } from '../../contract/completion.js';

/** One answer to one prompt, but for what is changed of it. */
export const groupRequest = (changes: Partial<GroupRequest> = {}): GroupRequest => ({
  modelDigest: 'm',
  messages: [{ role: 'user', content: 'fix it' }],
  sampling: { temperature: 0.8, topP: 0.95, maxTokens: 100, stop: [] },
  campaignSeed: '1',
  taskId: 't',
  firstIndex: 0,
  count: 1,
  ...changes,
});
