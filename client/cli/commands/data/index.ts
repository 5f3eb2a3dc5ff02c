import type { Command } from 'commander';
import { registerBuild } from './build.js';
import { registerCheck } from './check.js';
import { registerImport } from './import.js';

export const register = (program: Command): void => {
  const data = program.command('data').description('take in, build and check data sets');
  registerImport(data);
  registerBuild(data);
  registerCheck(data);
};
