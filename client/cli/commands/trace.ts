import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeRows } from '../../../adapters/data/rows.js';
import type { Task } from '../../../contract/task.js';
import type { TaskTrace } from '../../../contract/trace.js';
import { annotateTrace, type TraceFormat, traceFormats } from '../../../core/trace/index.js';
import { type TracedTask, type TraceRequest, traceFile } from '../../trace.js';
import { inColour, isColoured } from '../coloured-trace.js';
import { countedProgress } from '../counted-progress.js';
import { abortOnInterrupt } from '../interrupt.js';
import { exitStatus, print, printError, printJson, runAction } from '../output.js';

interface TraceCommandOptions {
  task?: string;
  format: TraceFormat;
  tests: TraceRequest['tests'];
  maxChars?: number;
  json: boolean;
  output?: string;
}

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Use a whole number of 1 or more.');
  return Number(text);
};

const whichTests = (text: string): TraceRequest['tests'] => {
  if (text === 'all' || text === 'first') return text;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Use first, all, or how many failing tests to trace.');
};

const textOf = (task: Task, trace: TaskTrace, options: TraceCommandOptions): string => {
  const budget = options.maxChars === undefined ? {} : { maxChars: options.maxChars };
  const rendered = annotateTrace(options.format, trace, task.buggy ?? task.reference ?? '', budget);
  return (isColoured(process.stdout, process.env) ? inColour(rendered) : rendered.text).replace(/\n$/, '');
};

/** One task's traces on standard output, or a line on the other where none could be made. */
const show = ({ task, traces }: TracedTask, total: number, options: TraceCommandOptions): void => {
  for (const trace of traces) {
    if (options.json && total > 1) print(JSON.stringify(trace));
    else if (options.json) printJson(traces.length === 1 ? trace : traces);
    else if (trace.refused !== null) printError(`${task.id}: not traced: ${trace.refused}`);
    else {
      if (total > 1 || traces.length > 1) print(`# ---- ${task.id}, test ${trace.testIndex + 1}`);
      print(`${textOf(task, trace, options)}${total > 1 || traces.length > 1 ? '\n' : ''}`);
    }
    if (options.json && total === 1) return;
  }
};

interface Counts {
  tasks: number;
  traces: number;
  refused: number;
  cached: number;
}

/** Counts what comes, and tells how far it is. */
async function* counted(traced: AsyncIterable<TracedTask>, total: number, counts: Counts): AsyncGenerator<TracedTask> {
  const progress = countedProgress({ total, unit: 'tasks' });
  try {
    for await (const one of traced) {
      counts.tasks += 1;
      counts.cached += one.cached ? 1 : 0;
      for (const { refused } of one.traces) counts[refused === null ? 'traces' : 'refused'] += 1;
      progress.show(counts.tasks, counts.cached);
      yield one;
    }
  } finally {
    progress.clear();
  }
}

async function* rowsOf(traced: AsyncIterable<TracedTask>): AsyncGenerator<TaskTrace> {
  for await (const { task, traces } of traced) {
    for (const trace of traces) {
      if (trace.refused !== null) printError(`${task.id}: not traced: ${trace.refused}`);
      yield trace;
    }
  }
}

const run = async (file: string, options: TraceCommandOptions): Promise<number> => {
  const cacheDir = resolve(process.env.NEXTUNE_STATE_DIR ?? '.nextune', 'traces');
  const signal = abortOnInterrupt('stopped: what is traced is kept, and the same command goes on from here');
  const request = { tasks: file, taskId: options.task, tests: options.tests, cacheDir, signal };
  const { total, traced } = await traceFile(request);
  const counts: Counts = { tasks: 0, traces: 0, refused: 0, cached: 0 };
  const shown = total > 1 ? counted(traced, total, counts) : counted(traced, Number.NaN, counts);
  if (options.output === undefined) for await (const one of shown) show(one, total, options);
  else {
    await writeRows(options.output, rowsOf(shown));
    const known = counts.cached > 0 ? `, ${counts.cached} of ${counts.tasks} tasks known from before` : '';
    print(`${counts.traces} traces, ${counts.refused} refused${known}; wrote ${options.output}`);
  }
  return counts.traces > 0 ? exitStatus.ok : exitStatus.failure;
};

/** `nextune trace`: what programs do on their failing tests. */
export const register = (program: Command): void => {
  program
    .command('trace')
    .description(
      'runs programs on failing tests in the sandbox, and shows each as text with its state changes; goes on where an ' +
        'interrupted run stopped',
    )
    .argument('<tasks>', 'tasks or problems (JSON lines); of a problem the reference is traced')
    .option('--task <id>', 'only this task')
    .addOption(new Option('--format <format>', 'text format').choices(traceFormats).default('inline'))
    .option('--tests <which>', 'first, all, or how many failing tests of each task', whichTests, 'first')
    .option('--max-chars <n>', 'longest text; elides visits, cuts values, then drops comments', wholeNumber)
    .option('--json', 'the events as JSON, a line a trace where there are many tasks', false)
    .option('-o, --output <file>', 'write the traces to a file (JSON lines) and print only counts')
    .action(runAction(run));
};
