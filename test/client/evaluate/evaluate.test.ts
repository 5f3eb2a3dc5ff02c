import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { stringify } from 'yaml';
import { createDeps } from '../../../adapters/deps.js';
import { createOpenAiClient } from '../../../adapters/model/openai-client.js';
import { chooseTasks, type EvaluateRequest, evaluateModel } from '../../../client/evaluate/evaluate.js';
import { openJudgedSet } from '../../../client/evaluate/judged-set.js';
import { type ModelSpec, refuseUnsetKey, resolveModel, resolveProxy } from '../../../client/evaluate/model-spec.js';
import { modelConfigSchema } from '../../../contract/config.js';
import { InputError } from '../../../contract/failures.js';
import { filesWith } from '../../fakes/canary.js';
import { fakeDeps } from '../../fakes/deps.js';
import { type FakeEndpoint, startFakeEndpoint } from '../../fakes/endpoint.js';
import { repairTask } from '../../fakes/tasks.js';

const tasks = Array.from({ length: 3 }, (_, at) => repairTask(`dev-${at}.`, { split: 'dev' }));

describe('an evaluation', () => {
  let endpoint: FakeEndpoint;
  let dir: string;
  let request: EvaluateRequest;
  const watching = { signal: new AbortController().signal, onProgress: () => undefined, onRetry: () => undefined };
  const depsOf = () =>
    fakeDeps(createOpenAiClient({ baseUrl: endpoint.baseUrl, apiKey: undefined, concurrency: 4, timeoutMs: 60_000 }));
  let deps: ReturnType<typeof fakeDeps>;

  beforeAll(async () => {
    endpoint = await startFakeEndpoint(tasks);
    deps = depsOf();
    dir = await mkdtemp(join(tmpdir(), 'nextune-eval-'));
    const tasksPath = join(dir, 'tasks.jsonl');
    await writeFile(tasksPath, tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
    const model = {
      name: 'fake',
      modelConfig: modelConfigSchema.parse({ kind: 'openai', baseUrl: endpoint.baseUrl, name: 'fake' }),
      trained: [],
    };
    request = {
      model,
      proxy: { ...model, name: 'proxy' },
      tasksPath,
      seed: '1',
      k: [1, 2, 5],
      samples: 4,
      traces: 'both',
      greedy: true,
      sampling: {},
      allowTrained: [],
    };
  });
  afterAll(async () => {
    await endpoint.close();
    await rm(dir, { recursive: true });
    await rm(deps.dir, { recursive: true });
  });

  it('asks with and without traces, greedy as well, and a proxy under three conditions; nothing twice when repeated', async () => {
    const file = await evaluateModel(deps, deps.dir, request, watching);
    expect(file.arms.map(({ name, n }) => `${name} ${n}`)).toEqual([
      'inline trace 4',
      'inline trace, greedy 1',
      'without trace 4',
      'without trace, greedy 1',
      'proxy, rationale 4',
      'proxy, empty rationale 4',
      'proxy, shuffled rationale 4',
    ]);
    expect(file.arms[0]?.score.passAtK.map((one) => ('mean' in one ? 'estimated' : 'not'))).toEqual([
      'estimated',
      'estimated',
      'not',
    ]);
    expect(file.arms.every(({ promptTokens = 0, completionTokens }) => promptTokens > 0 && completionTokens > 0)).toBe(
      true,
    );
    const bodies = [...endpoint.asked.keys()].map(
      (body) => JSON.parse(body) as { temperature: number; messages: { content: string }[] },
    );
    expect(bodies.filter(({ temperature }) => temperature === 0)).not.toHaveLength(0);
    const asked = [...endpoint.asked.values()].reduce((sum, count) => sum + count, 0);
    expect(await evaluateModel(deps, deps.dir, request, watching)).toEqual(file);
    expect([...endpoint.asked.values()].reduce((sum, count) => sum + count, 0)).toBe(asked);
  });

  it('shows a proxy no trace, no failing test and no fix', () => {
    const proxies = [...endpoint.asked.keys()].filter((body) => body.includes('Follow the explanation'));
    expect(proxies.length).toBeGreaterThan(0);
    for (const body of proxies) {
      expect(body).not.toContain('First failing test');
      expect(body).not.toContain('a + b');
    }
  });

  it('is read back by its id, arm by arm', async () => {
    const file = await evaluateModel(deps, deps.dir, request, watching);
    const set = await openJudgedSet(`${file.id}#without trace`, { stateDir: deps.dir, on: 'dev' });
    expect(set.tallies).toHaveLength(3);
    expect(set.samples).toHaveLength(12);
    await expect(openJudgedSet(`${file.id}#nope`, { stateDir: deps.dir, on: 'dev' })).rejects.toThrow('its arms are');
  });

  it('refuses a problem that the model was trained on, unless told by name', async () => {
    const trained = { ...request, model: { ...request.model, trained: [tasks[1] ?? repairTask('x')] } };
    await expect(chooseTasks(trained)).rejects.toThrow(InputError);
    await expect(chooseTasks(trained)).rejects.toThrow('dev-1.');
    await expect(chooseTasks({ ...trained, allowTrained: ['dev-0.'] })).rejects.toThrow('dev-1.');
    expect(await chooseTasks({ ...trained, allowTrained: ['dev-1.'] })).toHaveLength(3);
  });

  it('refuses a proxy on a single problem before anything is asked', async () => {
    const attempt = chooseTasks({ ...request, size: 1 });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow('two problems');
    expect(await chooseTasks({ ...request, size: 1, proxy: undefined })).toHaveLength(1);
  });

  it('tries again on a failure that passes', async () => {
    const fresh = depsOf();
    let refused = 0;
    endpoint.trouble = (_, response) => {
      if (refused > 0) return undefined;
      refused++;
      response.writeHead(503, { 'retry-after': '0' }).end('{}');
      return 'answered';
    };
    const told: string[] = [];
    const once = { ...request, traces: 'with' as const, greedy: false, proxy: undefined };
    const file = await evaluateModel(fresh, fresh.dir, once, { ...watching, onRetry: (message) => told.push(message) });
    endpoint.trouble = undefined;
    expect(told).toHaveLength(1);
    expect(file.arms[0]?.score.samples).toBe(12);
    await rm(fresh.dir, { recursive: true });
  });

  describe('with a proxy that its campaign’s configuration names', () => {
    const keys = { MODEL_TEST_KEY: 'model-key-9d31c0', PROXY_TEST_KEY: 'proxy-key-51aa7e' };
    let spec: ModelSpec;
    beforeAll(async () => {
      const model = {
        kind: 'openai',
        baseUrl: endpoint.baseUrl,
        name: 'fake',
        version: '1',
        apiKeyEnv: 'MODEL_TEST_KEY',
      };
      const proxy = { ...model, name: 'small-proxy', apiKeyEnv: 'PROXY_TEST_KEY' };
      const path = join(dir, 'nextune.yaml');
      await writeFile(path, stringify({ data: { tasks: 'tasks.jsonl' }, model, evaluation: { proxy } }));
      spec = await resolveModel(path, dir);
    });
    afterEach(() => {
      for (const name of Object.keys(keys)) delete process.env[name];
    });

    it('asks each of the two with the key of its own variable, and keeps neither', async () => {
      Object.assign(process.env, keys);
      const sent = new Set<string>();
      endpoint.trouble = ({ messages }, response) => {
        const whose = JSON.stringify(messages).includes('Follow the explanation') ? 'proxy' : 'model';
        sent.add(`${whose}: ${response.req.headers.authorization}`);
        return undefined;
      };
      const real = await createDeps({ stateDir: dir, engineUrl: undefined, s3: undefined }, pino({ level: 'silent' }));
      const fresh = fakeDeps(
        { concurrency: 1, complete: () => Promise.reject(new Error('not this one')) },
        { model: real.deps.model },
      );
      const proxy = await resolveProxy(undefined, spec, dir);
      const short = { ...request, model: spec, proxy, samples: 2, traces: 'with' as const, greedy: false };
      const file = await evaluateModel(fresh, fresh.dir, short, watching);
      endpoint.trouble = undefined;
      expect(file.arms.map(({ model }) => model.model)).toEqual(['fake', 'small-proxy', 'small-proxy', 'small-proxy']);
      expect([...sent].sort()).toEqual(['model: Bearer model-key-9d31c0', 'proxy: Bearer proxy-key-51aa7e']);
      expect(filesWith(fresh.dir, 'small-proxy').length).toBeGreaterThan(0);
      for (const key of Object.values(keys)) expect(filesWith(fresh.dir, key)).toEqual([]);
      await real.close();
      await rm(fresh.dir, { recursive: true });
    });

    it('gives way to one that is named, and to none', async () => {
      expect(await resolveProxy('embedded', spec, dir)).toMatchObject({ modelConfig: { kind: 'embedded' } });
      expect(await resolveProxy(false, spec, dir)).toBeUndefined();
      expect(await resolveProxy(undefined, request.model, dir)).toBeUndefined();
    });

    it('is refused, by the variable’s name, while its key is not set', async () => {
      const proxy = await resolveProxy(undefined, spec, dir);
      if (!proxy) throw new Error('there is no proxy');
      expect(() => refuseUnsetKey(proxy, {})).toThrow(InputError);
      expect(() => refuseUnsetKey(proxy, {})).toThrow('PROXY_TEST_KEY, which is not set');
      expect(() => refuseUnsetKey(proxy, keys)).not.toThrow();
      expect(() => refuseUnsetKey(request.model, {})).not.toThrow();
    });
  });
});
