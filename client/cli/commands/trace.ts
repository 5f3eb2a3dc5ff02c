import { type Command, InvalidArgumentError, Option } from 'commander';
import { readTasks, writeRows } from '../../../adapters/data/rows.js';
import { openTracer } from '../../../adapters/sandbox/tracer.js';
import { type TraceFormat, traceFormatSchema } from '../../../contract/config.js';
import { InputError } from '../../../contract/failures.js';
import type { Task } from '../../../contract/task.js';
import type { TaskTrace } from '../../../contract/trace.js';
import { annotateTrace } from '../../../core/trace/index.js';
import { inColour } from '../coloured-trace.js';
import { exitStatus, print, printError, printJson, runAction } from '../output.js';

interface TraceCommandOptions {
  task?: string;
  format: TraceFormat;
  maxChars?: number;
  json: boolean;
  output?: string;
}

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Use a whole number of 1 or more.');
  return Number(text);
};

const chosen = (tasks: readonly Task[], { task }: TraceCommandOptions, file: string): Task[] => {
  if (task === undefined) return [...tasks];
  const found = tasks.filter(({ id }) => id === task);
  if (found.length > 0) return found;
  const near = tasks.slice(0, 3).map(({ id }) => id);
  throw new InputError(`${file} has no task ${task}; its ids look like ${near.join(', ')}`);
};

const traceTasks = async (tasks: readonly Task[]): Promise<TaskTrace[]> => {
  const tracer = await openTracer(tasks.length === 1 ? { jails: 1 } : {});
  try {
    return await tracer.trace(tasks, { onProgress: tasks.length > 1 ? showProgress : () => {} });
  } finally {
    await tracer.close();
  }
};

const showProgress = ({ done, total }: { done: number; total: number }): void => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${done}/${total} traces${done === total ? '\n' : ''}`);
};

const printTrace = (task: Task, trace: TaskTrace, options: TraceCommandOptions): void => {
  if (trace.refused !== null) {
    printError(`${task.id}: not traced: ${trace.refused}`);
    return;
  }
  const budget = options.maxChars === undefined ? {} : { maxChars: options.maxChars };
  const rendered = annotateTrace(options.format, trace, task.buggy ?? task.reference ?? '', budget);
  const coloured = process.stdout.isTTY && !process.env.NO_COLOR;
  print((coloured ? inColour(rendered) : rendered.text).replace(/\n$/, ''));
};

const printAll = (tasks: readonly Task[], traces: readonly TaskTrace[], options: TraceCommandOptions): void => {
  for (const [index, task] of tasks.entries()) {
    const trace = traces[index];
    if (trace === undefined) continue;
    if (options.json && tasks.length > 1) print(JSON.stringify(trace));
    else if (options.json) printJson(trace);
    else {
      if (tasks.length > 1) print(`${index > 0 ? '\n' : ''}# ---- ${task.id}`);
      printTrace(task, trace, options);
    }
  }
};

const run = async (file: string, options: TraceCommandOptions): Promise<number> => {
  const tasks = chosen(await readTasks(file), options, file);
  const traces = await traceTasks(tasks);
  const refused = traces.filter((trace) => trace.refused !== null);
  if (options.output === undefined) printAll(tasks, traces, options);
  else {
    await writeRows(options.output, traces);
    for (const { taskId, refused: reason } of refused) printError(`${taskId}: not traced: ${reason}`);
    print(`traced ${traces.length - refused.length}, refused ${refused.length}; wrote ${options.output}`);
  }
  return refused.length < traces.length ? exitStatus.ok : exitStatus.failure;
};

/** `nextune trace`: what programs do on their first failing test. */
export const register = (program: Command): void => {
  program
    .command('trace')
    .description(
      'run programs on their first failing test in the sandbox, and show each as text with its state changes',
    )
    .argument('<tasks>', 'task file (JSON lines)')
    .option('--task <id>', 'only this task')
    .addOption(new Option('--format <format>', 'text format').choices(traceFormatSchema.options).default('inline'))
    .option('--max-chars <n>', 'longest text; elides visits, cuts values, then drops comments', wholeNumber)
    .option('--json', 'print the events as JSON', false)
    .option('-o, --output <file>', 'write the traces to a file (JSON lines) and print only counts')
    .action(runAction(run));
};
