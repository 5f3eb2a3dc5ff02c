import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { resourcePath } from '../../adapters/paths.js';
import { workflowBundle } from '../fakes/campaign-world.js';
import { captureHistories } from './capture.js';

const dir = resourcePath('test', 'replay', 'histories');
if (process.env.NEXTUNE_CAPTURE_HISTORIES) await captureHistories(dir, process.env.NEXTUNE_CAPTURE_HISTORIES);
const files = readdirSync(dir).filter((name) => name.endsWith('.json'));

interface Recorded {
  workflowId: string;
  history: {
    events: {
      activityTaskScheduledEventAttributes?: { activityType: { name: string } };
      startChildWorkflowExecutionInitiatedEventAttributes?: { workflowType: { name: string } };
    }[];
  };
}
const recorded = (name: string): Recorded => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const replay = async ({ workflowId, history }: Recorded): Promise<void> =>
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId);

const everyValue = (value: unknown): [string, unknown][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) => [[key, inner] as [string, unknown], ...everyValue(inner)]);
/** Names of the updates that were accepted. */
const updatesOf = (name: string): unknown[] =>
  everyValue(recorded(name).history.events)
    .filter(([key]) => key === 'acceptedRequest')
    .flatMap(([, request]) => everyValue(request).filter(([key, value]) => key === 'name' && typeof value === 'string'))
    .map(([, value]) => value);
/** What payloads hold, in clear. */
const textsOf = (name: string): string[] =>
  everyValue(recorded(name).history.events)
    .filter(([key, value]) => key === 'data' && typeof value === 'string')
    .map(([, value]) => Buffer.from(String(value), 'base64').toString('utf8'));

describe('recorded histories', () => {
  it('are there, for each workflow', () => {
    for (const kind of ['campaign', 'round', 'shard']) {
      expect(files.some((name) => name.startsWith(kind))).toBe(true);
    }
  });

  it('hold what people do to a campaign, a roll-back among them', () => {
    const accepted = files.filter((name) => name.startsWith('campaign-steered')).flatMap((name) => updatesOf(name));
    expect([...new Set(accepted)].sort()).toEqual(['approve', 'budget', 'pause', 'resume', 'retry']);
    expect(files.some((name) => textsOf(name).some((text) => text.includes('"next":"rollBack"')))).toBe(true);
  });

  it.each(files)(
    '%s replays on the workflows of today',
    async (name) => {
      await expect(replay(recorded(name))).resolves.toBeUndefined();
    },
    300_000,
  );

  it.each(files)(
    '%s is refused once an event is tampered with',
    async (name) => {
      const tampered = recorded(name);
      const [type] = tampered.history.events.flatMap((event) => [
        ...(event.activityTaskScheduledEventAttributes
          ? [event.activityTaskScheduledEventAttributes.activityType]
          : []),
        ...(event.startChildWorkflowExecutionInitiatedEventAttributes
          ? [event.startChildWorkflowExecutionInitiatedEventAttributes.workflowType]
          : []),
      ]);
      if (!type) throw new Error(`${name} starts nothing`);
      type.name = 'somethingElse';
      await expect(replay(tampered)).rejects.toThrow(/[Nn]ondeterminism/);
    },
    300_000,
  );
});
