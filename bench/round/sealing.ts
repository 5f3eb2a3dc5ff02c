import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** What sealing took of the rounds, by Temporal's own clock. */
export interface SealingFigures {
  /** From a seal's scheduling to its result, in all rounds. */
  sealSeconds: number;
  /** From the start to the end of the rounds' workflows. */
  roundSeconds: number;
}

const secondsOf = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) + Number(eventTime?.nanos ?? 0) / 1e9;

/** Reads the histories of all rounds. @throws Error where no round was sealed: nothing would be measured */
export const measureSealing = async (client: Client): Promise<SealingFigures> => {
  const figures = { sealSeconds: 0, roundSeconds: 0 };
  for await (const { workflowId, runId } of client.workflow.list({ query: "WorkflowType = 'round'" })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const all = events ?? [];
    const [first, last] = [all[0], all.at(-1)];
    if (!first || !last) continue;
    figures.roundSeconds += secondsOf(last) - secondsOf(first);
    figures.sealSeconds += sealSeconds(all);
  }
  if (figures.sealSeconds > 0) return figures;
  throw new Error('no round was sealed');
};

const sealSeconds = (events: readonly HistoryEvent[]): number => {
  const scheduled = new Map<string, number>();
  let seconds = 0;
  for (const event of events) {
    if (event.activityTaskScheduledEventAttributes?.activityType?.name === 'seal')
      scheduled.set(String(event.eventId), secondsOf(event));
    const from = scheduled.get(String(event.activityTaskCompletedEventAttributes?.scheduledEventId));
    if (from !== undefined) seconds += secondsOf(event) - from;
  }
  return seconds;
};
