import { availableParallelism } from 'node:os';
import { type EvalPlusDataset, evalPlusProblem, evalPlusTests } from '../../../core/data/evalplus.js';
import type { SandboxVerifier } from '../../sandbox/verifier.js';
import { type PlacedRow, readEvalPlusRows } from './evalplus-rows.js';
import type { Importer, Item } from './importer.js';
import { inOrder } from './in-order.js';
import { answersOf, proveTask } from './reference.js';

const itemOf = async (dataset: EvalPlusDataset, placed: PlacedRow, sandbox: SandboxVerifier): Promise<Item> => {
  if ('reason' in placed) return placed;
  const { place, id, row } = placed;
  const { answers, cpuLimitMs } = await answersOf(sandbox, row);
  const shown = evalPlusTests(row, row.shown, answers.slice(0, row.shown.length));
  const hidden = evalPlusTests(row, row.hidden, answers.slice(row.shown.length));
  if (shown.tests.length === 0) {
    const lost = answers.find((answer) => 'lost' in answer);
    return { place, id, reason: `can't be judged: no base input has an answer (${lost?.lost ?? 'no plain data'})` };
  }
  const isNew = (test: string): boolean => !shown.tests.includes(test);
  const parts = {
    tests: shown.tests,
    hiddenTests: hidden.tests.filter(isNew),
    leftOut: shown.leftOut + hidden.leftOut,
  };
  const problem = evalPlusProblem(dataset, row, cpuLimitMs === undefined ? parts : { ...parts, cpuLimitMs });
  return { place, id, ...(await proveTask(sandbox, problem)) };
};

/**
 * EvalPlus's sets have inputs alone: the reference is run in the sandbox for what is expected, and then has to pass.
 * Base inputs become visible tests, plus inputs hidden ones.
 */
export const importEvalPlus = (dataset: EvalPlusDataset): Importer =>
  async function* ({ paths, reader, openSandbox }) {
    const sandbox = await openSandbox();
    const rows = readEvalPlusRows(paths, dataset, reader);
    yield* inOrder(rows, availableParallelism() + 1, (placed) => itemOf(dataset, placed, sandbox));
  };
