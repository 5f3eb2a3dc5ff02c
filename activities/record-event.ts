import type { CampaignEvent, NewEvent } from '../contract/event.js';
import type { Deps } from './deps.js';

/** Appends an event to a campaign's log, once for its id, however often it is tried. */
export const recordEvent = async (
  deps: Deps,
  { campaign, event }: { campaign: string; event: NewEvent },
): Promise<CampaignEvent> => (await deps.events.append(campaign, event)).event;
