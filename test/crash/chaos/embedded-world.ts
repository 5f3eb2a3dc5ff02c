import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { nextune, samplesSealed, writeCampaign } from '../embedded/campaign.js';
import { expectAskedOnce, installWitnessed, type WitnessedInstallation } from '../embedded/installation.js';
import { embeddedVictims } from './schedule.js';
import type { ChaosWorld } from './world.js';

const rounds = 2;

/** The embedded engine, whose answers differ by what else is in its batch: nothing recorded is asked again, and no sample is missing. */
export const openEmbeddedWorld = async (): Promise<ChaosWorld> => {
  const { NEXTUNE_PYTHON: before } = process.env;
  let installed: WitnessedInstallation | undefined;
  return {
    victims: embeddedVictims,
    components: ['temporal', 'engine', 'worker'],
    comparesWithCalm: false,
    start(dir) {
      mkdirSync(dir);
      installed = installWitnessed(join(dir, 'witness'), join(dir, '.nextune'));
      // What is brought up again is started from this process.
      process.env.NEXTUNE_PYTHON = installed.env.NEXTUNE_PYTHON;
      writeCampaign(dir, rounds);
      nextune(dir, installed.env, 'run', 'nextune.yaml', '--detach');
    },
    async check(stateDir, campaign) {
      expectAskedOnce(installed as WitnessedInstallation, stateDir);
      const { found, askedFor } = await samplesSealed(stateDir, campaign, rounds);
      expect(found).toEqual(askedFor);
    },
    async close() {
      if (before === undefined) delete process.env.NEXTUNE_PYTHON;
      else process.env.NEXTUNE_PYTHON = before;
    },
  };
};
