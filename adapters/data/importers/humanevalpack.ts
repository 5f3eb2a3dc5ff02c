import { availableParallelism } from 'node:os';
import { type EvalPlusRow, evalPlusSetup, evalPlusTests } from '../../../core/data/evalplus.js';
import {
  type HumanEvalPackRow,
  humanEvalIdOf,
  humanEvalPackRowSchema,
  humanEvalPackTask,
  type PackParts,
} from '../../../core/data/humanevalpack.js';
import type { SandboxVerifier } from '../../sandbox/verifier.js';
import { checkRow, placeOf, type Row, readRows } from '../rows.js';
import { readEvalPlusRows } from './evalplus-rows.js';
import type { Importer, ImportSource, Item } from './importer.js';
import { inOrder } from './in-order.js';
import { answersOf, proveTask } from './reference.js';

type PlusRows = ReadonlyMap<string, EvalPlusRow | { reason: string }>;

const readPlus = async (plus: string, reader: ImportSource['reader']): Promise<PlusRows> => {
  const rows = new Map<string, EvalPlusRow | { reason: string }>();
  for await (const placed of readEvalPlusRows([plus], 'humaneval', reader)) {
    rows.set(placed.id, 'row' in placed ? placed.row : { reason: placed.reason });
  }
  return rows;
};

/** HumanEvalPlus's part of a task: its reference, and a test for each of its inputs. */
const plusPart = async (row: EvalPlusRow, sandbox: SandboxVerifier): Promise<NonNullable<PackParts['plus']>> => {
  const { answers, cpuLimitMs } = await answersOf(sandbox, row);
  const { tests } = evalPlusTests(row, [...row.shown, ...row.hidden], answers);
  return { tests, setup: evalPlusSetup(row, tests), cpuLimitMs };
};

const itemOf = async (
  row: Row<HumanEvalPackRow>,
  { reader, sandbox, plus }: { reader: ImportSource['reader']; sandbox: SandboxVerifier; plus: PlusRows | undefined },
): Promise<Item> => {
  const { value } = row;
  const at = { place: placeOf(row), id: value.task_id };
  const joined = plus?.get(humanEvalIdOf(value));
  if (plus && !joined) return { ...at, reason: `the file of --plus has no ${humanEvalIdOf(value)}` };
  if (joined && 'reason' in joined) return { ...at, reason: joined.reason };
  const program = value.declaration + value.canonical_solution;
  const read = await reader.checkFunction({ program, test: value.test, entryPoint: value.entry_point });
  if (!read.ok) return { ...at, reason: read.reason };
  const task = humanEvalPackTask(value, {
    reference: joined ? joined.program : read.program,
    buggy: value.declaration + value.buggy_solution,
    setup: read.setup,
    tests: read.tests,
    ...(joined && { plus: await plusPart(joined, sandbox) }),
  });
  return { ...at, ...(await proveTask(sandbox, task)) };
};

/** HumanEvalFix's buggy programs; with `plus`, HumanEvalPlus's reference and inputs join them (HeFix+). */
export const importHumanEvalPack: Importer = async function* ({ paths, reader, openSandbox, plus }) {
  const parts = { reader, sandbox: await openSandbox(), plus: plus ? await readPlus(plus, reader) : undefined };
  const rows = async function* (): AsyncGenerator<Row<HumanEvalPackRow>> {
    for (const path of paths) for await (const raw of readRows(path)) yield checkRow(humanEvalPackRowSchema, raw);
  };
  yield* inOrder(rows(), availableParallelism() + 1, (row) => itemOf(row, parts));
};
