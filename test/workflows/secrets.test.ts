import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createOpenAiClient } from '../../adapters/model/openai-client.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { campaignHistory } from '../../client/audit/show.js';
import { exportCampaign } from '../../client/bundle/export.js';
import { startCampaign } from '../../client/campaigns.js';
import { historyLines } from '../../client/cli/history-lines.js';
import { collectReport } from '../../client/report.js';
import { campaignWorkflowId } from '../../contract/workflow-ids.js';
import { renderReport } from '../../report/page.js';
import { type CampaignWorld, startCampaignWorld } from '../fakes/campaign-world.js';
import { allHistories, canary, canaryVariable, filesWith } from '../fakes/canary.js';

describe('a key in the environment and in the endpoint’s headers', () => {
  let world: CampaignWorld;
  const seen: (string | undefined)[] = [];
  const doorman = createServer((request, response) => {
    seen.push(request.headers.authorization);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const url = new URL(request.url ?? '', world.endpoint.baseUrl);
      const answer = await fetch(url, { method: 'POST', body: Buffer.concat(chunks) });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
  });
  const baseUrl = (): string => `http://127.0.0.1:${(doorman.address() as AddressInfo).port}/v1`;

  beforeAll(async () => {
    process.env[canaryVariable] = canary;
    await new Promise<void>((resolve) => doorman.listen(0, '127.0.0.1', resolve));
    const client = createOpenAiClient({ baseUrl: baseUrl(), apiKey: canary, concurrency: 4, timeoutMs: 60_000 });
    const host = {
      base: () => Promise.resolve({ model: 'fake', digest: 'sha-base' }),
      deploy: ({ tree }: { tree: string }) => Promise.resolve({ model: `tuned-${tree.slice(7, 15)}`, digest: tree }),
    };
    world = await startCampaignWorld({ model: () => ({ client, host }) });
  }, 300_000);
  afterAll(async () => {
    delete process.env[canaryVariable];
    await world.close();
    doorman.closeAllConnections();
    await new Promise((resolve) => doorman.close(resolve));
  });

  it('is sent to the endpoint, and is in no object, ledger, event, history of campaign, round or shard, report or bundle', async () => {
    const { deps, client } = world;
    const model = { kind: 'openai', baseUrl: baseUrl(), name: 'fake', apiKeyEnv: canaryVariable };
    await startCampaign(client, await world.inputFor('canary', { model, rounds: 1 }));
    await client.workflow.getHandle(campaignWorkflowId('canary')).result();
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([`Bearer ${canary}`]));

    const startedAt = '2026-01-01T00:00:00.000Z';
    const started = { campaign: 'canary', configPath: 'nextune.yaml', startedAt };
    await writeDurably(join(deps.dir, 'campaigns', 'canary', 'campaign.json'), JSON.stringify(started));
    const page = renderReport(await collectReport(deps.dir, { campaign: 'canary', startedAt }));
    expect(page).toContain('canary');
    expect(page).not.toContain(canary);
    const bundle = join(deps.dir, 'bundle');
    await exportCampaign(deps.dir, 'canary', bundle);
    expect(filesWith(deps.dir, canaryVariable).length).toBeGreaterThan(0);
    expect(filesWith(deps.dir, canary)).toEqual([]);
    const history = historyLines(await campaignHistory(deps.dir, 'canary')).join('\n');
    expect(history).toContain('round 1 sealed');
    expect(history).not.toContain(canary);
    const histories = await allHistories(client);
    const ofShards = histories.filter(({ type }) => type === 'shard');
    expect(ofShards.length).toBeGreaterThan(0);
    expect(new Set(histories.map(({ type }) => type))).toEqual(new Set(['campaign', 'round', 'shard']));
    for (const { text } of histories) expect(text).not.toContain(canary);
    for (const { type, text } of histories) if (type !== 'shard') expect(text).toContain(canaryVariable);
    rmSync(bundle, { recursive: true });
  }, 300_000);
});
