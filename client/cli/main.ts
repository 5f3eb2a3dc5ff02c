import { Command } from 'commander';
import { endWithReader } from './closed-pipe.js';
import { exitStatus } from './output.js';

/** The module of each command, in the order in which `--help` lists them. A command is listed only once it works. */
export const commands: Record<string, () => Promise<{ register: (program: Command) => void }>> = {
  quickstart: () => import('./commands/quickstart.js'),
  doctor: () => import('./commands/doctor.js'),
  init: () => import('./commands/init.js'),
  run: () => import('./commands/run.js'),
  status: () => import('./commands/status.js'),
  watch: () => import('./commands/watch.js'),
  pause: () => import('./commands/pause.js'),
  resume: () => import('./commands/resume.js'),
  stop: () => import('./commands/stop.js'),
  cancel: () => import('./commands/cancel.js'),
  retry: () => import('./commands/retry.js'),
  extend: () => import('./commands/extend.js'),
  approve: () => import('./commands/approve.js'),
  budget: () => import('./commands/budget.js'),
  verify: () => import('./commands/verify.js'),
  audit: () => import('./commands/audit.js'),
  eval: () => import('./commands/eval.js'),
  compare: () => import('./commands/compare.js'),
  ablate: () => import('./commands/ablate.js'),
  rate: () => import('./commands/rate.js'),
  query: () => import('./commands/query.js'),
  gc: () => import('./commands/gc.js'),
  import: () => import('./commands/import.js'),
  export: () => import('./commands/export.js'),
  diff: () => import('./commands/diff.js'),
  report: () => import('./commands/report.js'),
  data: () => import('./commands/data/index.js'),
  trace: () => import('./commands/trace.js'),
  up: () => import('./commands/up.js'),
  down: () => import('./commands/down.js'),
  supervise: () => import('./commands/supervise.js'),
};

/**
 * Builds the command line with the one command that was typed, for loading what all of them need takes two seconds of a
 * processor; or with all, for help and for a word that is none of them.
 */
export const buildProgram = async (typed?: string): Promise<Command> => {
  const program = new Command('nextune')
    .description('Durable NExT campaigns: self-training of code models with execution feedback')
    .version('0.1.0')
    .showHelpAfterError('(add --help for usage)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? exitStatus.ok : exitStatus.usage);
    });
  const own = typed !== undefined && Object.hasOwn(commands, typed) ? commands[typed] : undefined;
  const needed = own ? [own] : asksVersion(typed) ? [] : Object.values(commands);
  for (const load of needed) (await load()).register(program);
  return program;
};

const asksVersion = (typed: string | undefined): boolean => typed === '--version' || typed === '-V';

export const main = async (argv: string[]): Promise<void> => {
  endWithReader();
  const program = await buildProgram(argv[2]);
  await program.parseAsync(argv);
};
