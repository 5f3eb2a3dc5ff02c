import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Task, taskSchema } from '../../contract/task.js';

const FOLDER = join(process.cwd(), 'starter', 'problems');
const TOPICS = readdirSync(FOLDER).map((name) => name.replace(/\.jsonl$/, ''));

const problemsOf = (topic: string): Task[] =>
  readFileSync(join(FOLDER, `${topic}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => taskSchema.parse(JSON.parse(line)));

const byTopic = new Map(TOPICS.map((topic) => [topic, problemsOf(topic)] as const));
const problems = [...byTopic.values()].flat();
const inSplit = (split: string, among = problems) => among.filter((problem) => problem.split === split).length;

/** Prints each assert that does not hold, after running every one behind its reference in a namespace of its own. */
const RUN_ALL_ASSERTS = `
import json, sys
count = 0
for line in sys.stdin:
    problem = json.loads(line)
    for test in problem["tests"] + problem["hiddenTests"]:
        count += 1
        names = {}
        try:
            exec(problem["reference"], names)
            exec(test, names)
        except Exception as error:
            print(problem["id"], test, repr(error))
print("ran", count)
`;

describe('the starter problems', () => {
  test('cover ten topics evenly', () => {
    expect([...TOPICS].sort()).toEqual(
      'dates dicts lists matrices numbers parsing recursion simulation sorting strings'.split(' '),
    );
    expect([...byTopic.values()].map((list) => list.length)).toEqual(TOPICS.map(() => 23));
  });

  test('are split by problem, with every topic in train, dev and test', () => {
    expect(Object.fromEntries(['train', 'dev', 'test', 'fewshot'].map((split) => [split, inSplit(split)]))).toEqual({
      train: 120,
      dev: 43,
      test: 64,
      fewshot: 3,
    });
    for (const list of byTopic.values())
      for (const split of ['train', 'dev', 'test']) expect(inSplit(split, list)).toBeGreaterThanOrEqual(3);
  });

  test('have ids of the form starter/TOPIC/NNN-NAME, each once, in the order of their file', () => {
    for (const [topic, list] of byTopic)
      list.forEach((problem, index) => {
        const number = String(index + 1).padStart(3, '0');
        expect(problem.id).toMatch(new RegExp(`^starter/${topic}/${number}-[a-z]+(-[a-z]+)*$`));
        expect(problem.problemId).toBe(problem.id);
      });
    expect(new Set(problems.map((problem) => problem.entryPoint)).size).toBe(problems.length);
  });

  test('carry no bug, our licence, and a reference that defines the entry point', () => {
    for (const problem of problems) {
      expect(problem.buggy).toBeUndefined();
      expect(problem.source).toEqual({ dataset: 'nextune-starter', license: 'Apache-2.0' });
      expect(problem.reference).toMatch(new RegExp(`^def ${problem.entryPoint}\\(`, 'm'));
      expect(problem.reference).toMatch(/^[^\t\r]*[^\s]\n$/);
    }
  });

  test('show three plain asserts each and hide six to ten others', () => {
    for (const { entryPoint, tests, hiddenTests = [] } of problems) {
      expect(tests).toHaveLength(3);
      expect(hiddenTests.length).toBeGreaterThanOrEqual(6);
      expect(hiddenTests.length).toBeLessThanOrEqual(10);
      expect(new Set([...tests, ...hiddenTests]).size).toBe(tests.length + hiddenTests.length);
      for (const shown of tests) expect(shown).toMatch(new RegExp(`^assert ${entryPoint}\\(.* == `, 's'));
      for (const hidden of hiddenTests) expect(hidden).toMatch(new RegExp(`^assert .*\\b${entryPoint}\\(`, 's'));
    }
  });

  test('never repeat a reference, whatever its spaces, nor an intent', () => {
    expect(new Set(problems.map(({ reference = '' }) => reference.replace(/\s+/g, ''))).size).toBe(problems.length);
    expect(new Set(problems.map(({ intent }) => intent.toLowerCase())).size).toBe(problems.length);
  });

  // These programs are our own and were read by us, so they alone may run outside the sandbox.
  test('have references that pass every one of their asserts', () => {
    const python = spawnSync('python3', ['-I', '-X', 'utf8', '-c', RUN_ALL_ASSERTS], {
      input: problems.map((problem) => `${JSON.stringify(problem)}\n`).join(''),
      encoding: 'utf8',
    });
    const asserts = problems.flatMap(({ tests, hiddenTests = [] }) => [...tests, ...hiddenTests]).length;
    expect(python.stderr).toBe('');
    expect(python.stdout.trim()).toBe(`ran ${asserts}`);
  }, 300_000);
});
