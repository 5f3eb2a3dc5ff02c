import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createOpenAiClient } from '../../adapters/model/openai-client.js';
import { writeDurably } from '../../adapters/store/write-durably.js';
import { exportCampaign } from '../../client/bundle/export.js';
import { startCampaign } from '../../client/campaigns.js';
import { collectReport } from '../../client/report.js';
import { campaignWorkflowId, roundWorkflowId } from '../../contract/workflow-ids.js';
import { renderReport } from '../../report/page.js';
import { type CampaignWorld, startCampaignWorld } from '../fakes/campaign-world.js';

const canary = 'canary-4f1d9c7e2b';

const filesWith = (dir: string, text: string): string[] =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(text));

/** A history as JSON has its payloads' bytes in base64: shown as the text that they hold. */
const payloadAsText = (key: string, value: unknown): unknown =>
  key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value;

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
    process.env.NEXTUNE_TEST_KEY = canary;
    await new Promise<void>((resolve) => doorman.listen(0, '127.0.0.1', resolve));
    const client = createOpenAiClient({ baseUrl: baseUrl(), apiKey: canary, concurrency: 4, timeoutMs: 10_000 });
    const host = {
      base: () => Promise.resolve({ model: 'fake', digest: 'sha-base' }),
      deploy: ({ tree }: { tree: string }) => Promise.resolve({ model: `tuned-${tree.slice(7, 15)}`, digest: tree }),
    };
    world = await startCampaignWorld({ model: () => ({ client, host }) });
  }, 60_000);
  afterAll(async () => {
    delete process.env.NEXTUNE_TEST_KEY;
    await world.close();
    doorman.closeAllConnections();
    await new Promise((resolve) => doorman.close(resolve));
  });

  it('is sent to the endpoint, and is in no object, ledger, event, history, report or bundle', async () => {
    const { deps, client } = world;
    const model = { kind: 'openai', baseUrl: baseUrl(), name: 'fake', apiKeyEnv: 'NEXTUNE_TEST_KEY' };
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
    expect(filesWith(deps.dir, 'NEXTUNE_TEST_KEY').length).toBeGreaterThan(0);
    expect(filesWith(deps.dir, canary)).toEqual([]);
    for (const id of [campaignWorkflowId('canary'), roundWorkflowId('canary', 1, 1)]) {
      const history = await client.workflow.getHandle(id).fetchHistory();
      const text = JSON.stringify(history, payloadAsText);
      expect(text).toContain('NEXTUNE_TEST_KEY');
      expect(text).not.toContain(canary);
    }
    rmSync(bundle, { recursive: true });
  }, 90_000);
});
