import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Command } from 'commander';
import { branchesOf, configJsonSchema, type JsonSchema } from '../../adapters/config/allowed.js';
import { initFiles, initFolder } from '../../adapters/config/init-folder.js';
import { parseConfig } from '../../adapters/config/load.js';
import { resourcePath } from '../../adapters/paths.js';
import { register } from '../../client/cli/commands/init.js';
import { InputError } from '../../contract/failures.js';

const template = readFileSync(resourcePath('examples', 'nextune.yaml'), 'utf8');
const folder = (): string => mkdtempSync(join(tmpdir(), 'nextune-init-'));
const tasks = join(folder(), 'starter.jsonl');
writeFileSync(tasks, '{"id":"a"}\n');

const keysOf = (schema: JsonSchema): string[] =>
  branchesOf(schema).flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([key, child]) => [key, ...keysOf(child)]),
  );
/** The commented lines that start with `first`, up to the next line that is none, as they read without the mark. */
const uncommented = (first: string): string => {
  const lines = template.split('\n');
  const from = lines.indexOf(first);
  const to = lines.findIndex((line, index) => index > from && !/^# {3}/.test(line));
  return lines
    .slice(from, to)
    .map((line) => line.replace(/^# /, ''))
    .join('\n');
};
const without = (key: string): string => template.replace(new RegExp(`^${key}:.*\\n(?: {2}.*\\n)*`, 'm'), '');

describe('the configuration that init writes', () => {
  it('is the defaults, each spelt out', () => {
    const defaults = parseConfig('data: { tasks: tasks.jsonl }\nmodel: { kind: embedded }', 'n.yaml');
    expect(parseConfig(template, 'nextune.yaml')).toEqual(defaults);
  });

  it.each([...new Set(keysOf(configJsonSchema()))])('has a line for %s', (key) => {
    expect(template).toMatch(new RegExp(`^[# ]*${key}:`, 'm'));
  });

  it.each([
    ['model', '# model:'],
    ['hardProblems', '# hardProblems:'],
    ['temporal', '# temporal:'],
  ])('has a commented alternative for %s that is right', (key, first) => {
    const config = parseConfig(`${without(key)}\n${uncommented(first)}\n`, 'n.yaml');
    expect(config).not.toEqual(parseConfig(template, 'n.yaml'));
  });

  it('names the schema that is written beside it', () => {
    expect(template.split('\n')[0]).toBe('# yaml-language-server: $schema=nextune.schema.json');
  });
});

describe('init', () => {
  it('writes the configuration, its schema and the starter tasks, also into a folder to be made', async () => {
    const dir = join(folder(), 'new', 'campaign');
    const written = await initFolder(dir, tasks);
    expect(readdirSync(dir).sort()).toEqual([...initFiles].sort());
    expect(written[0]).toBe(join(dir, 'nextune.yaml'));
    expect(readFileSync(join(dir, 'tasks.jsonl'), 'utf8')).toBe('{"id":"a"}\n');
    expect(JSON.parse(readFileSync(join(dir, 'nextune.schema.json'), 'utf8'))).toEqual(configJsonSchema());
  });

  it.each(initFiles)('overwrites no %s, names it, and then writes nothing', async (name) => {
    const dir = folder();
    writeFileSync(join(dir, name), 'mine');
    const attempt = initFolder(dir, tasks);
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(join(dir, name));
    expect(readdirSync(dir)).toEqual([name]);
    expect(readFileSync(join(dir, name), 'utf8')).toBe('mine');
  });
});

describe('the command', () => {
  /** What it prints. */
  const init = async (dir: string): Promise<string> => {
    const said: string[] = [];
    const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const program = new Command();
    register(program);
    await program.parseAsync(['node', 'nextune', 'init', dir]);
    write.mockRestore();
    expect(process.exitCode).toBe(0);
    return said.join('');
  };

  it('makes a signing key that only its owner reads, and says where it lies and what losing or copying it means', async () => {
    const dir = folder();
    const said = await init(dir);
    const [key, half] = [join(dir, '.nextune', 'keys', 'seal.key'), join(dir, '.nextune', 'keys', 'seal.pub')];
    expect(said).toContain(`made a signing key ${key}, public half ${half}\n`);
    expect(said).toContain('Back up the folder of keys');
    expect(said).toMatch(/without the key\n.*nothing more is sealed, and who has it can sign in your name/);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(half, 'utf8')).toContain('BEGIN PUBLIC KEY');
  });

  it('keeps a key that is there, and says so', async () => {
    const dir = folder();
    await init(dir);
    const key = join(dir, '.nextune', 'keys', 'seal.key');
    const before = readFileSync(key);
    for (const name of initFiles) rmSync(join(dir, name));
    expect(await init(dir)).toContain(`kept the signing key ${key}`);
    expect(readFileSync(key)).toEqual(before);
  });
});
