import { Command } from 'commander';
import { endWithReader } from './closed-pipe.js';
import * as ablate from './commands/ablate.js';
import * as approve from './commands/approve.js';
import * as audit from './commands/audit.js';
import * as budget from './commands/budget.js';
import * as cancel from './commands/cancel.js';
import * as compare from './commands/compare.js';
import * as data from './commands/data/index.js';
import * as diff from './commands/diff.js';
import * as doctor from './commands/doctor.js';
import * as down from './commands/down.js';
import * as evaluation from './commands/eval.js';
import * as exportCommand from './commands/export.js';
import * as extend from './commands/extend.js';
import * as gc from './commands/gc.js';
import * as importCommand from './commands/import.js';
import * as init from './commands/init.js';
import * as pause from './commands/pause.js';
import * as query from './commands/query.js';
import * as quickstart from './commands/quickstart.js';
import * as rate from './commands/rate.js';
import * as report from './commands/report.js';
import * as resume from './commands/resume.js';
import * as retry from './commands/retry.js';
import * as run from './commands/run.js';
import * as status from './commands/status.js';
import * as stop from './commands/stop.js';
import * as supervise from './commands/supervise.js';
import * as trace from './commands/trace.js';
import * as up from './commands/up.js';
import * as verify from './commands/verify.js';
import * as watch from './commands/watch.js';
import { exitStatus } from './output.js';

/** Builds the whole command line. A command is listed only once it works. */
export const buildProgram = (): Command => {
  const program = new Command('nextune')
    .description('Durable NExT campaigns: self-training of code models with execution feedback')
    .version('0.1.0')
    .showHelpAfterError('(add --help for usage)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitStatus.ok : exitStatus.usage);
    });
  quickstart.register(program);
  doctor.register(program);
  init.register(program);
  run.register(program);
  status.register(program);
  watch.register(program);
  pause.register(program);
  resume.register(program);
  stop.register(program);
  cancel.register(program);
  retry.register(program);
  extend.register(program);
  approve.register(program);
  budget.register(program);
  verify.register(program);
  audit.register(program);
  evaluation.register(program);
  compare.register(program);
  ablate.register(program);
  rate.register(program);
  query.register(program);
  gc.register(program);
  importCommand.register(program);
  exportCommand.register(program);
  diff.register(program);
  report.register(program);
  data.register(program);
  trace.register(program);
  up.register(program);
  down.register(program);
  supervise.register(program);
  return program;
};

export const main = async (argv: string[]): Promise<void> => {
  endWithReader();
  await buildProgram().parseAsync(argv);
};
