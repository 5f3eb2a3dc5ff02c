import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../adapters/store/write-durably.js';
import { InputError } from '../contract/failures.js';
import type { CampaignPlan } from './plan.js';

const recordSchema = z.object({ campaign: z.string(), configPath: z.string(), startedAt: z.string() });
export type CampaignRecord = z.infer<typeof recordSchema>;

const recordPath = (stateDir: string, campaign: string): string =>
  join(stateDir, 'campaigns', campaign, 'campaign.json');

/** Remembers that a campaign was started here, and from which file. The first start stays. */
export const rememberCampaign = async ({ input, stateDir, configPath }: CampaignPlan): Promise<void> => {
  const path = recordPath(stateDir, input.campaign);
  if (await stat(path).catch(() => undefined)) return;
  const record: CampaignRecord = { campaign: input.campaign, configPath, startedAt: new Date().toISOString() };
  await writeDurably(path, `${JSON.stringify(record, null, 2)}\n`);
};

/** The campaigns of a state folder, the latest first. */
export const listCampaigns = async (stateDir: string): Promise<CampaignRecord[]> => {
  const names = await readdir(join(stateDir, 'campaigns')).catch(() => []);
  const records = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(recordPath(stateDir, name), 'utf8').catch(() => undefined);
      return text === undefined ? [] : [recordSchema.parse(JSON.parse(text))];
    }),
  );
  return records.flat().sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
};

/**
 * The campaign a person means: by its id, by a beginning of it that is unique, or the latest where none is named.
 * @throws InputError that lists the campaigns there are
 */
export const findCampaign = async (stateDir: string, wanted: string | undefined): Promise<CampaignRecord> => {
  const all = await listCampaigns(stateDir);
  const matching = all.filter(({ campaign }) => wanted === undefined || campaign.startsWith(wanted));
  const exact = matching.find(({ campaign }) => campaign === wanted);
  const [first, ...others] = exact ? [exact] : matching;
  if (first && (wanted === undefined || others.length === 0)) return first;
  const known =
    all.length === 0 ? 'none was started here yet' : `known: ${all.map(({ campaign }) => campaign).join(', ')}`;
  if (wanted === undefined) throw new InputError(`no campaign under ${stateDir}: start one with nextune run CONFIG`);
  throw new InputError(`${first ? 'several campaigns start' : 'no campaign starts'} with ${wanted} (${known})`);
};
