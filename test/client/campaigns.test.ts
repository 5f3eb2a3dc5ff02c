import type { Client } from '@temporalio/client';
import { viewCampaign } from '../../client/campaigns.js';
import { InputError } from '../../contract/failures.js';

/** A server whose campaign runs, and whose queries end so. */
const serverThat = (query: () => Promise<unknown>): Client => {
  const handle = { describe: () => Promise.resolve({ status: { name: 'RUNNING' }, raw: {} }), query };
  return { workflow: { getHandle: () => handle } } as unknown as Client;
};

describe('the view of a campaign', () => {
  it('has no progress while no worker answers', async () => {
    const view = await viewCampaign(
      serverThat(() => Promise.reject(new Error('no poller'))),
      'c',
    );
    expect(view).toEqual({ campaign: 'c', state: 'running', progress: undefined, step: undefined });
  });

  it('says what it lacks where the answer is encrypted', async () => {
    const view = viewCampaign(
      serverThat(() => Promise.reject(new Error('Unknown encoding: binary/encrypted'))),
      'c',
    );
    await expect(view).rejects.toThrow(InputError);
    await expect(view).rejects.toThrow('NEXTUNE_PAYLOAD_KEY_FILE');
  });
});
