import { spawn } from 'node:child_process';

/**
 * Runs a command with its output shown as it comes; resolves with its exit status, also when it can't be started.
 * `hideStdout` is for a program that prints a report for machines there; `quiet` keeps everything, for a caller to show.
 */
export const runVisibly = (command, args, { cwd, hideStdout = false, quiet = false } = {}) =>
  new Promise((resolve) => {
    const stdout = quiet ? 'pipe' : hideStdout ? 'ignore' : 'inherit';
    const child = spawn(command, args, { cwd, stdio: ['ignore', stdout, quiet ? 'pipe' : 'inherit'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes) => (output += bytes.toString('utf8')));
    child.on('error', (error) => resolve({ status: 127, output: `${command}: ${error.message}\n` }));
    child.on('close', (code) => resolve({ status: code ?? 1, output }));
  });
