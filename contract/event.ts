import { z } from 'zod';
import { digestSchema } from './digest.js';

/** What may happen to a campaign besides its rounds. A closed set: a new kind is a change of this file. */
export const eventKindSchema = z.enum([
  'sealed',
  'anchored',
  'paused',
  'resumed',
  'stopped',
  'approved',
  'rejected',
  'budget',
  'extended',
  'retried',
  'rolledBack',
  'noVerdicts',
]);
export type EventKind = z.infer<typeof eventKindSchema>;

/**
 * One line of a campaign's events log. `id` is built from what happened (a workflow's id and its count of events, say),
 * so that an activity that runs twice appends once. `by` is who: a person's name, or the part of the product.
 */
export const campaignEventSchema = z.object({
  version: z.literal(1),
  id: z.string().min(1).max(400),
  kind: eventKindSchema,
  at: z.iso.datetime(),
  by: z.string(),
  round: z.int().nonnegative().optional(),
  /** What happened, in words for a person. */
  summary: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
export type CampaignEvent = z.infer<typeof campaignEventSchema>;

/** An event as it is handed in; without a time it gets that of its first appending. */
export type NewEvent = Omit<CampaignEvent, 'version' | 'at'> & { at?: string };

/** Size and Merkle root (RFC 9162) of an events log: what a manifest and an anchor carry of it. */
export const treeHeadSchema = z.object({ size: z.int().nonnegative(), root: digestSchema });
export type TreeHead = z.infer<typeof treeHeadSchema>;

/** DSSE payload type of `{campaign, size, root}`: signed after each event, and handed to the anchoring command. */
export const treeHeadType = 'application/vnd.nextune.tree-head+json';
