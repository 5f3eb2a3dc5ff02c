import type { Command } from 'commander';
import type { Finding } from '../../../adapters/doctor/finding.js';
import { exitStatus, print, printJson, runAction } from '../output.js';

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

export const findingLines = ({ name, state, found, remedy }: Finding): string[] => [
  `${marks[state]}  ${name.padEnd(8)}  ${found}`,
  ...(remedy === null ? [] : [`${' '.repeat(16)}-> ${remedy}`]),
];

const doctor = async ({ stateDir, json }: { stateDir: string; json?: boolean }): Promise<number> => {
  // Loaded late: no other command needs the sandbox's and the checks' code.
  const { examine } = await import('../../../adapters/doctor/examine.js');
  const findings = await examine(stateDir, (finding) => {
    if (!json) for (const line of findingLines(finding)) print(line);
  });
  const failed = findings.filter(({ state }) => state === 'fail');
  if (json) printJson({ ok: failed.length === 0, findings });
  else if (failed.length === 0) print('everything a campaign needs is there');
  else print(`a campaign can't run here yet: ${[...new Set(failed.map(({ name }) => name))].join(', ')}`);
  return failed.length === 0 ? exitStatus.ok : exitStatus.failure;
};

export const register = (program: Command): void => {
  program
    .command('doctor')
    .description('check server, sandbox, Python, model, trainer, store, disk and memory: state, why, and what to do')
    .option('--state-dir <dir>', 'where all state is or will be kept', '.nextune')
    .option('--json', 'print the findings as JSON')
    .action(runAction(doctor));
};
