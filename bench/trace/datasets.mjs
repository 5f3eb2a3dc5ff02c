// What `npm run bench:trace` does with MBPP and CRUXEval, whose files are not part of Nextune: their paths are arguments.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const module = (...path) => import(join(root, 'dist', ...path));
const pythonPath = { ...process.env, PYTHONPATH: join(root, 'python') };
const CORES = availableParallelism();
const JAILS = CORES + 1; // as by default
const TOKENS = 2000;

const say = (line) => process.stderr.write(`${line}\n`);

/** Traces tasks in the sandbox. The first few warm the jails up and are not timed. */
const traceTimed = async (tasks) => {
  const { openTracer } = await module('adapters', 'sandbox', 'tracer.js');
  const tracer = await openTracer({ jails: JAILS });
  try {
    await tracer.trace(tasks.slice(0, JAILS));
    const startedMs = performance.now();
    const traces = await tracer.trace(tasks);
    return { traces, perSecond: (tasks.length / (performance.now() - startedMs)) * 1000 };
  } finally {
    await tracer.close();
  }
};

const nextune = (...args) =>
  execFileSync(process.execPath, [join(root, 'bin', 'nextune.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });

/** One bug of each problem that a mutation gives one, by `data build` or by an earlier one, and the problems without. */
const bugsOf = async ({ file, built, folder }) => {
  const { readTasks } = await module('adapters', 'data', 'rows.js');
  const problems = join(folder, 'problems.jsonl');
  const tasks = built ?? join(folder, 'tasks.jsonl');
  nextune('data', 'import', 'mbpp', file, '-o', problems);
  if (built === undefined) nextune('data', 'build', problems, '-o', tasks, '--per-problem', '1');
  const bugs = await readTasks(tasks);
  const mutated = new Set(bugs.map(({ problemId }) => problemId));
  const without = (await readTasks(problems)).filter(({ problemId }) => !mutated.has(problemId));
  return { bugs, without };
};

/** What a script of this folder answers to a value, both as JSON. */
const askPython = ({ python, script, value }) =>
  JSON.parse(
    execFileSync(python, [join(root, 'bench', 'trace', script)], {
      input: JSON.stringify(value),
      env: pythonPath,
      maxBuffer: 1 << 28,
    }).toString(),
  );

/** Inline texts, and how many are the program byte for byte without what was added, and parse as program and test. */
const inlineTexts = async ({ tasks, traces, python }) => {
  const { annotateTrace } = await module('core', 'trace', 'index.js');
  const { withoutSpans } = await module('core', 'trace', 'spans.js');
  const made = traces.flatMap((trace, at) => {
    if (trace.refused !== null) return [];
    const { buggy } = tasks[at];
    const rendered = annotateTrace('inline', trace, buggy);
    const plain = `${buggy}${/[\r\n]$/.test(buggy) ? '' : '\n'}${trace.test}\n`;
    return [{ id: tasks[at].id, text: rendered.text, plain, isExact: withoutSpans(rendered) === buggy }];
  });
  const parsed = askPython({ python, script: 'parses.py', value: made.map(({ text, plain }) => [text, plain]) });
  const right = made.filter(({ isExact }, at) => isExact && parsed[at]);
  for (const { id } of made.filter((one) => !right.includes(one)))
    say(`${id}: its text is not the program with comments`);
  return { texts: made.map(({ text }) => text), right: `${right.length} of ${made.length}` };
};

export const benchMbpp = async ({ file, built, python }) => {
  const folder = mkdtempSync(join(tmpdir(), 'nextune-bench-'));
  try {
    const { bugs, without } = await bugsOf({ file, built, folder });
    const { traces, perSecond } = await traceTimed(bugs);
    const refused = traces.filter((trace) => trace.refused !== null);
    for (const { taskId, refused: reason } of refused) say(`${taskId}: not traced: ${reason}`);
    say(`no mutation of these fails a test: ${without.map(({ problemId }) => problemId).join(', ') || 'none'}`);
    const { texts, right } = await inlineTexts({ tasks: bugs, traces, python });
    const counts = askPython({ python, script: 'tokens.py', value: texts });
    const short = counts.filter((tokens) => tokens < TOKENS).length / counts.length;
    return [
      `mbpp bugs traced ${traces.length - refused.length} of ${traces.length}, of ${without.length} problems there is no bug`,
      `mbpp ${perSecond.toFixed(0)} traces a second in ${JAILS} jails on ${CORES} cores (limit 100)`,
      `mbpp inline texts that are the program with comments ${right}`,
      `mbpp inline under ${TOKENS} tokens ${(short * 100).toFixed(1)} % (limit 95)`,
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const benchCruxeval = async (file, python) => {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const tasks = rows.map(({ id, code, input, output }) => ({
    id,
    intent: '',
    buggy: code,
    entryPoint: 'f',
    tests: [`assert f(${input}) == ${output}`],
    problemId: id,
    source: { dataset: 'cruxeval', license: 'MIT' },
  }));
  const { traces, perSecond } = await traceTimed(tasks);
  const pairs = traces.map(({ returned }, at) => [returned, rows[at].output]);
  const equal = askPython({ python, script: 'equal.py', value: pairs });
  for (const [at, same] of equal.entries()) {
    if (!same) say(`${rows[at].id}: traced ${pairs[at][0]}, expected ${pairs[at][1]}`);
  }
  const { right } = await inlineTexts({ tasks, traces, python });
  return [
    `cruxeval inline texts that are the program with comments ${right}`,
    `cruxeval returns ${equal.filter(Boolean).length} of ${equal.length}`,
    `cruxeval ${perSecond.toFixed(0)} traces a second`,
  ];
};
