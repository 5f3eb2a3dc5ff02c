import { rm } from 'node:fs/promises';
import { verifyCampaign } from '../../../client/audit/verify.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

describe('audit verify', () => {
  it('finds nothing wrong with a campaign as it was sealed, and has looked at something in every check', async () => {
    const { stateDir, campaign } = await sealedWorld();
    const checks = await verifyCampaign(stateDir, campaign);
    expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
    expect(checks.filter(({ checked }) => checked === 0)).toEqual([]);
    await rm(stateDir, { recursive: true });
  });
});
