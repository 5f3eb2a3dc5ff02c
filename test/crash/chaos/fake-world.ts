import { join } from 'node:path';
import { openCampaignReader } from '../../../client/campaign-reader.js';
import { worldTasks } from '../../fakes/campaign-world.js';
import { startFakeEndpoint } from '../../fakes/endpoint.js';
import { askedThoughRecorded } from '../recorded-texts.js';
import { runCampaign, writeTinyBase } from './campaign.js';
import { victims } from './schedule.js';
import type { ChaosWorld } from './world.js';

/** An endpoint whose answers follow from what is asked: a disturbed campaign ends with the very bytes of a calm one. */
export const openFakeWorld = async (root: string): Promise<ChaosWorld> => {
  const base = join(root, 'base');
  writeTinyBase(base);
  const endpoint = await startFakeEndpoint(worldTasks);
  endpoint.delayMs = 100;
  let repeated: string[] = [];
  let undisturbed: string[] | undefined;
  return {
    victims,
    components: ['temporal', 'worker'],
    endpoint,
    comparesWithCalm: true,
    start(dir) {
      endpoint.asked.clear();
      repeated = askedThoughRecorded(endpoint, join(dir, '.nextune'));
      runCampaign(dir, base, endpoint);
    },
    async check(stateDir, campaign) {
      expect(repeated).toEqual([]);
      const sealed = await openCampaignReader(stateDir).sealed(campaign);
      const digests = sealed.map(({ manifest }) => manifest.contentDigest);
      undisturbed ??= digests;
      expect(digests).toEqual(undisturbed);
    },
    close: () => endpoint.close(),
  };
};
