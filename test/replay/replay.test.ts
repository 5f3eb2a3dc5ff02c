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
  history: { events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[] };
}
const recorded = (name: string): Recorded => JSON.parse(readFileSync(join(dir, name), 'utf8'));
const replay = async ({ workflowId, history }: Recorded): Promise<void> =>
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, workflowId);

describe('recorded histories', () => {
  it('are there, for each workflow', () => {
    for (const kind of ['campaign', 'round', 'shard']) {
      expect(files.some((name) => name.startsWith(kind))).toBe(true);
    }
  });

  it.each(files)(
    '%s replays on the workflows of today',
    async (name) => {
      await expect(replay(recorded(name))).resolves.toBeUndefined();
    },
    60_000,
  );

  it.each(files)(
    '%s is refused once an event is tampered with',
    async (name) => {
      const tampered = recorded(name);
      const scheduled = tampered.history.events.find((event) => event.activityTaskScheduledEventAttributes);
      if (!scheduled?.activityTaskScheduledEventAttributes) throw new Error(`${name} schedules no activity`);
      scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
      await expect(replay(tampered)).rejects.toThrow(/[Nn]ondeterminism/);
    },
    60_000,
  );
});
