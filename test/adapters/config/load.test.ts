import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, parseConfig } from '../../../adapters/config/load.js';
import { InputError } from '../../../contract/failures.js';

const complaints = (...lines: string[]): string[] => {
  try {
    parseConfig(`${lines.join('\n')}\n`, 'n.yaml');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message.split('\n');
  }
  throw new Error('accepted');
};
const good = ['data: { tasks: tasks.jsonl }', 'model: { kind: embedded }'];

describe('a configuration that is right', () => {
  it('needs only data and a model, and gets every default', () => {
    const config = parseConfig(good.join('\n'), 'n.yaml');
    expect(config.sampling).toMatchObject({ n: 8, temperature: 0.8, traceFormat: 'inline' });
    expect(config.model).toEqual({ kind: 'embedded', name: 'smollm2-135m-instruct' });
  });

  it('is loaded with the absolute folder its relative paths start from', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'nextune-config-'));
    await writeFile(join(dir, 'n.yaml'), good.join('\n'));
    expect((await loadConfig(join(dir, 'n.yaml'))).dir).toBe(dir);
  });
});

describe('a complaint about a configuration', () => {
  it.each([
    [
      'names the line of a misspelt key and the key meant',
      [...good, 'sampling:', '  temprature: 1'],
      'n.yaml:4:3: sampling.temprature: unknown key. Did you mean "temperature"? Allowed under sampling: n, groupSize, shots, traceFormat, rationale, traceMaxChars, trace, temperature, topP, maxTokens, stop',
    ],
    [
      'finds camel case for a snake-case key',
      [...good, 'sampling: { top_p: 0.9 }'],
      'n.yaml:3:13: sampling.top_p: unknown key. Did you mean "topP"? Allowed under sampling: n, groupSize, shots, traceFormat, rationale, traceMaxChars, trace, temperature, topP, maxTokens, stop',
    ],
    [
      'says where a key belongs that stands at the wrong place',
      [good[0] ?? '', 'model: { kind: embedded, rank: 4 }'],
      'n.yaml:2:26: model.rank: unknown key. It belongs at trainer.rank. Allowed under model: kind, name',
    ],
    [
      'names the value and the range allowed',
      [...good, 'rounds: 0'],
      'n.yaml:3:9: rounds: 0 is not allowed; expected: a whole number above 0 up to 1000',
    ],
    [
      'names the choices of an enumeration',
      [...good, 'sampling:', '  traceFormat: inlined'],
      'n.yaml:4:16: sampling.traceFormat: inlined is not allowed; expected: "compact" or "inline" or "none" or "scratchpad"',
    ],
    [
      'asks for quotes around a seed and shows it as it was typed',
      ['seed: 12345678901234567890', ...good],
      'n.yaml:1:7: seed: 12345678901234567890 is not allowed; expected: a text, in quotes: "12345678901234567890"',
    ],
    [
      'explains a pattern in words',
      ['name: My Campaign', ...good],
      'n.yaml:1:7: name: My Campaign is not allowed; expected: use lower-case letters, digits and dashes',
    ],
    [
      'lists the kinds of model',
      [good[0] ?? '', 'model: { kind: hosted }'],
      'n.yaml:2:16: model.kind: hosted is not allowed; expected: "embedded", or "openai"',
    ],
    [
      'points at the mapping that lacks a key',
      [good[0] ?? '', 'model:', '  kind: openai', '  name: m'],
      'n.yaml:2:1: model.baseUrl: missing; expected: a URL such as http://127.0.0.1:8000/v1',
    ],
    [
      'points at the element of a list',
      [...good, 'evaluation:', '  k: [1, 0, 5]'],
      'n.yaml:4:10: evaluation.k[1]: 0 is not allowed; expected: a whole number above 0',
    ],
    [
      'follows the branch of a union that was written',
      [...good, 'hardProblems: { m: 2 }'],
      'n.yaml:3:20: hardProblems.m: 2 is not allowed; expected: a number from 0 up to 1',
    ],
    [
      'names every branch of a union when none was written',
      [...good, 'hardProblems: yes please'],
      'n.yaml:3:15: hardProblems: yes please is not allowed; expected: false, or a mapping with m',
    ],
    [
      'gives our own rule in its own words',
      [...good, 'hardProblems: { m: 0.1 }'],
      'n.yaml:3:20: hardProblems.m: m = 0.1 with n = 8 samples keeps only problems without a single pass, so the first training set would be empty: choose m above 1/n = 0.125, or hardProblems: false',
    ],
    [
      'refuses an empty file',
      [''],
      'n.yaml:1:1: an empty value is not allowed; expected: a mapping with name, seed, data, model, sampling, hardProblems, selection, trainer, evaluation, rounds, earlyStop, approvals, budget, verify, sealing, store, temporal, shardTasks, shardsInFlight',
    ],
    [
      'refuses a key written twice',
      [...good, 'rounds: 1', 'rounds: 2'],
      'n.yaml:4:1: not valid YAML: Map keys must be unique',
    ],
  ])('%s', (_title, lines, expected) => {
    expect(complaints(...lines)).toEqual([expected]);
  });

  it('comes once for each fault, in the order of the file', () => {
    const places = complaints('rounds: 0', 'data: {}', 'sampling: { n: many }', 'colour: red').map((line) =>
      line.split(': ').slice(0, 2).join(' '),
    );
    expect(places).toEqual([
      'n.yaml:1:1 model',
      'n.yaml:1:9 rounds',
      'n.yaml:2:1 data.tasks',
      'n.yaml:3:16 sampling.n',
      'n.yaml:4:1 colour',
    ]);
  });

  it('names a file that is not there and how to get one', async () => {
    await expect(loadConfig('/nowhere/n.yaml')).rejects.toThrow(
      '/nowhere/n.yaml: no such file (nextune init writes one)',
    );
  });
});

describe('a configuration that holds a key itself', () => {
  const canary = 'canary-4f1d9c7e2b';
  const endpoint = (...more: string[]) => [good[0] ?? '', 'model:', '  kind: openai', '  name: m', ...more];
  const plain = '  baseUrl: http://127.0.0.1:1/v1';

  it.each([
    ['as a key of its own', endpoint(plain, `  apiKey: ${canary}`), /^n.yaml:6:3: model.apiKey: unknown key/],
    ['as a password', endpoint(`  baseUrl: http://me:${canary}@h/v1`), /^n.yaml:5:12: model.baseUrl: .*apiKeyEnv/],
    ['in a query', endpoint(`  baseUrl: http://h/v1?key=${canary}`), /^n.yaml:5:12: model.baseUrl: .*apiKeyEnv/],
    [
      "in place of its variable's name",
      endpoint(plain, `  apiKeyEnv: ${canary}`),
      /^n.yaml:6:14: model.apiKeyEnv: not/,
    ],
    [
      'as the password of a proxy model',
      [...good, 'evaluation:', `  proxy: { kind: openai, name: m, baseUrl: "http://me:${canary}@h/v1" }`],
      /^n.yaml:4:44: evaluation.proxy.baseUrl: /,
    ],
    [
      'as the password of a store',
      [...good, 'store:', `  s3: { bucket: abc, endpoint: "http://me:${canary}@h" }`],
      /^n.yaml:4:32: store.s3.endpoint: .*AWS SDK/,
    ],
  ])('%s is refused, and the key is not repeated', (_, lines, expected) => {
    const said = complaints(...lines);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
    expect(said.join()).not.toContain(canary);
  });

  it('is taken when it names the variables', () => {
    const lines = endpoint(
      plain,
      '  apiKeyEnv: MY_KEY',
      'evaluation:',
      '  proxy: { kind: openai, name: m, baseUrl: http://h/v1, apiKeyEnv: MY_PROXY_KEY }',
    );
    expect(parseConfig(lines.join('\n'), 'n.yaml')).toMatchObject({
      model: { apiKeyEnv: 'MY_KEY' },
      evaluation: { proxy: { apiKeyEnv: 'MY_PROXY_KEY', concurrency: 8 } },
    });
  });
});
