import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { publicKeyPath } from '../../adapters/audit/seal-key.js';
import { openSigner } from '../../adapters/audit/signer.js';
import { resourcePath } from '../../adapters/paths.js';
import { openStorage } from '../../adapters/store/open-storage.js';
import { choosePorts } from '../../adapters/supervisor/ports.js';
import { placeOfProfile } from '../../adapters/temporal/connection.js';
import { isServing, serverCommand } from '../../adapters/temporal/server.js';
import { verifyCampaign } from '../../client/audit/verify.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { connect, startCampaign, viewCampaign } from '../../client/campaigns.js';
import { planCampaign } from '../../client/plan.js';
import { eventually } from '../adapters/supervisor/eventually.js';
import { worldTasks } from '../fakes/campaign-world.js';
import { type FakeEndpoint, startFakeEndpoint } from '../fakes/endpoint.js';
import { type S3Server, startS3Server } from '../fakes/s3-server.js';
import { makeCertificates, startTlsProxy } from '../fakes/tls-proxy.js';

const namespace = 'nextune-cluster';
const concurrency = 2;
const longest = 600_000;

describe('a campaign on an existing cluster', () => {
  let root: string;
  let endpoint: FakeEndpoint;
  let s3: S3Server;
  let proxy: Awaited<ReturnType<typeof startTlsProxy>>;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  const children: ChildProcess[] = [];
  const machines: ChildProcess[] = [];
  const kept = { ...process.env };

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'nextune-cluster-'));
    endpoint = await startFakeEndpoint(worldTasks);
    endpoint.delayMs = 100;
    s3 = await startS3Server();
    await openSigner(root).sign('text/plain', Buffer.from('makes the key'));
    proxy = await startCluster();
    collector = await startCollector();
  }, 300_000);

  afterAll(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    await collector.close();
    await proxy.close();
    await s3.stop();
    await endpoint.close();
    process.env = kept;
    rmSync(root, { recursive: true, force: true });
  }, 300_000);

  /** A server with a namespace of its own, behind mutual TLS, and a profile that leads there. */
  const startCluster = async (): ReturnType<typeof startTlsProxy> => {
    const stateDir = join(root, 'server');
    mkdirSync(stateDir);
    const ports = await choosePorts(stateDir);
    const { command, args } = serverCommand(stateDir, ports);
    children.push(spawn(command, [...args, '--namespace', namespace], { stdio: 'ignore' }));
    while (!(await isServing(ports))) await delay(100);
    const certificates = await makeCertificates();
    const write = (name: string, text: string): string => {
      writeFileSync(join(root, name), text, { mode: 0o600 });
      return join(root, name);
    };
    const tls = await startTlsProxy(certificates, { port: ports.grpc });
    process.env.TEMPORAL_CONFIG_FILE = write(
      'temporal.toml',
      `[profile.cluster]\naddress = "${tls.address}"\nnamespace = "${namespace}"\n[profile.cluster.tls]\n` +
        `server_ca_cert_path = "${write('ca.pem', certificates.authority)}"\n` +
        `client_cert_path = "${write('client.pem', certificates.client.cert)}"\n` +
        `client_key_path = "${write('client.key', certificates.client.key)}"\n`,
    );
    process.env.NEXTUNE_PAYLOAD_KEY_FILE = write('payload.key', `${Buffer.alloc(32, 9).toString('base64')}\n`);
    return tls;
  };

  /** A machine: a state folder of its own, and a worker of some queues that shares the bucket. */
  const startMachine = async (
    name: string,
    queues: string,
    watching: Record<string, string> = {},
  ): Promise<ChildProcess> => {
    const { bucket, prefix, endpoint: service } = s3.location('cluster');
    const store = ['--store', `s3://${bucket}/${prefix}`, '--s3-endpoint', service ?? ''];
    // As docs/cluster.md asks of machines with the queue control.
    cpSync(join(root, 'keys'), join(root, name, 'keys'), { recursive: true });
    const child = spawn(process.execPath, [resourcePath('dist', 'worker.js'), '--queues', queues, ...store], {
      env: {
        ...process.env,
        ...watching,
        NEXTUNE_STATE_DIR: join(root, name),
        NEXTUNE_TEMPORAL_ADDRESS: placeOfProfile('cluster'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    machines.push(child);
    for await (const line of createInterface({ input: child.stdout })) if (line.includes('"ready"')) break;
    child.stdout.resume();
    return child;
  };

  const writeConfig = (): string => {
    writeFileSync(join(root, 'tasks.jsonl'), worldTasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
    const config = {
      name: 'cluster',
      data: { tasks: 'tasks.jsonl' },
      model: { kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake', version: '1', concurrency },
      sampling: { n: 4, groupSize: 2 },
      evaluation: { samples: 2, k: [1, 2], withoutTrace: false, test: false },
      // More than there are: crash/campaign.test.ts trains, and here PyTorch's start would be most of the time.
      trainer: { minSamples: 1000 },
      rounds: 1,
      shardTasks: 2,
      store: { dir: 'client', s3: s3.location('cluster') },
      temporal: { profile: 'cluster' },
    };
    writeFileSync(join(root, 'nextune.yaml'), stringify(config));
    return join(root, 'nextune.yaml');
  };

  it('refuses a client that the authority did not sign', async () => {
    const { address } = proxy;
    await expect(connect(address)).rejects.toMatchObject({ kind: 'serverUnavailable' });
    expect(proxy.refused()).toBeGreaterThan(0);
  }, 300_000);

  it(
    'finishes on machines with different queues that share a bucket, though one is killed in mid-round, and one drained',
    async () => {
      const plan = await planCampaign(writeConfig());
      const control = await startMachine('control', 'control,model');
      const metricsAddress = `127.0.0.1:${(await choosePorts(join(root, 'control'))).metrics}`;
      await startMachine('sandbox', 'sandbox,trainer', { NEXTUNE_METRICS_ADDRESS: metricsAddress });
      const client = await connect(placeOfProfile('cluster'));
      expect(client.options.namespace).toBe(namespace);
      await startCampaign(client, plan.input);
      const { campaign } = plan.input;

      // Looks that wait for nothing but this process, which also answers: none of its moments is over before it is seen.
      await eventually('the first machine asks', () => endpoint.asked.size > 6, longest);
      await end(control, 'SIGKILL');
      const replacement = await startMachine('replacement', 'control,model');
      await eventually('the second machine asks on', () => endpoint.asked.size > 12, longest);
      expect(await end(replacement, 'SIGTERM')).toBe(0);
      await startMachine('second-replacement', 'control,model', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
      const isDone = async (): Promise<boolean> => {
        const { state } = await viewCampaign(client, campaign).catch(() => ({ state: 'unknown' }));
        if (state === 'failed') throw new Error('the campaign failed');
        return state === 'completed';
      };
      await eventually('the campaign is done', isDone, longest);

      const sealed = await openCampaignReader(plan.stateDir).sealed(campaign);
      expect(sealed.map(({ manifest }) => manifest.content.kind)).toEqual(['base', 'round', 'campaign']);
      // Any of the three machines that served the queue control may have written events and seals.
      const publicKey = readFileSync(publicKeyPath(root));
      const checks = await verifyCampaign(plan.stateDir, campaign, { publicKey });
      expect(checks.flatMap(({ faults }) => faults)).toEqual([]);
      expect(checks.find(({ name }) => name === 'events log')?.checked).toBeGreaterThan(0);
      const again = [...endpoint.asked.values()].filter((times) => times > 1).length;
      expect(again).toBeLessThanOrEqual(concurrency);
      // A request that was noted and not sent yet when its worker was killed counts too: it may have been paid.
      const counts = await openStorage(plan.stateDir).requests.count(campaign);
      expect(counts.unsettled).toBe(0);
      expect(counts.askedAgain).toBeGreaterThanOrEqual(again);
      expect(counts.askedAgain).toBeLessThanOrEqual(concurrency);
      await client.connection.close();

      const metrics = await (await fetch(`http://${metricsAddress}/metrics`)).text();
      expect(/temporal_activity_execution_latency.*activity_type="verify"/.test(metrics)).toBe(true);
      await Promise.all(machines.map((child) => end(child, 'SIGTERM')));
      expect([...collector.spans].sort()).toEqual(
        expect.arrayContaining(['RunActivity:seal', 'RunWorkflow:campaign', 'StartActivity:seal']),
      );
    },
    4 * longest,
  );

  it('keeps histories secret: what the server holds names no object', async () => {
    const { connection, options } = await connect(placeOfProfile('cluster'));
    const list = await connection.workflowService.listWorkflowExecutions({ namespace: options.namespace });
    const execution = list.executions?.[0]?.execution ?? null;
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace: options.namespace,
      execution,
    });
    // No codec covers headers, which carry the trace's ids, or search attributes, by which Temporal's page lists campaigns.
    const uncovered = ['header', 'searchAttributes', 'upsertWorkflowSearchAttributesEventAttributes'];
    const text = JSON.stringify(history, (key, value) => (uncovered.includes(key) ? undefined : value));
    // Bytes stand as base64 in a history's JSON.
    const holds = (encoding: string): boolean => text.includes(Buffer.from(encoding).toString('base64'));
    expect({ encrypted: holds('binary/encrypted'), plain: holds('json/plain') }).toEqual({
      encrypted: true,
      plain: false,
    });
    await connection.close();
  }, 300_000);
});

/** Takes traces as OTLP in JSON, and keeps the spans' names. */
const startCollector = async () => {
  const spans = new Set<string>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    for (const [, name] of body.matchAll(/"name":"((?:Run|Start)[^"]*)"/g)) spans.add(name ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, spans, close };
};

/** Ends a process; its exit code. */
const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
};
