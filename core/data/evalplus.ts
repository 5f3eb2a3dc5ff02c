import type { Task } from '../../contract/task.js';
import { mbppSplit } from './mbpp.js';

export type EvalPlusDataset = 'mbpp' | 'humaneval';

/** An input as source text, and another answer than the reference's that is right too. */
export interface EvalPlusCall {
  arguments: string;
  alternative: string | null;
}

/** A row of MbppPlus or HumanEvalPlus (Liu et al., 2023), read: inputs without outputs, and how answers compare. */
export interface EvalPlusRow {
  taskId: string;
  entryPoint: string;
  intent: string;
  program: string;
  /** The program with its contract asserted: an input that it refuses is none. */
  checked: string;
  form: 'equal' | 'set' | 'present' | 'root';
  /** Absolute tolerance; 0 where only results that are floats get one. */
  atol: number;
  shown: EvalPlusCall[];
  hidden: EvalPlusCall[];
}

/** What the reference answers: source text, an object that is no data, or nothing (and why). */
export type ReferenceAnswer = { text: string; floats: boolean } | { foreign: string } | { lost: string };

/** EvalPlus gives results that are floats this tolerance where the task names none. */
const floatTolerance = 1e-6;

/** A tolerance in Python's words, where 1e-06 and 0.000001 are one number. */
const inPython = (tolerance: number): string => String(tolerance);

/** NumPy's allclose with a relative tolerance of 1e-07, on results of one type, as EvalPlus compares. */
const nearSetup = `def near(found, expected, atol):
    def close(a, b):
        if isinstance(b, (list, tuple)):
            return isinstance(a, (list, tuple)) and len(a) == len(b) and all(map(close, a, b))
        numbers = isinstance(a, (int, float, complex)) and isinstance(b, (int, float, complex))
        return a == b or numbers and abs(a - b) <= atol + 1e-07 * abs(b)
    return found == expected or type(found) is type(expected) and close(found, expected)`;

const rootSetup = `def polynomial(xs, x):
    return sum(c * x ** i for i, c in enumerate(xs))`;

const equalTest = (
  call: string,
  answer: { text: string; floats: boolean },
  other: string | null,
  atol: number,
): string => {
  const tolerance = atol !== 0 ? atol : answer.floats ? floatTolerance : 0;
  if (tolerance !== 0) {
    const near = (text: string): string => `near(result, ${text}, ${inPython(tolerance)})`;
    if (other === null || other === answer.text) return `assert near(${call}, ${answer.text}, ${inPython(tolerance)})`;
    return `result = ${call}\nassert ${near(answer.text)} or ${near(other)}`;
  }
  if (other === null || other === answer.text) return `assert ${call} == ${answer.text}`;
  return `assert ${call} in (${answer.text}, ${other})`;
};

/** One input's test; undefined where the reference gives no answer that a test could state. */
const testOf = (row: EvalPlusRow, { arguments: args, alternative }: EvalPlusCall, answer: ReferenceAnswer) => {
  const call = `${row.entryPoint}(${args})`;
  if ('lost' in answer) return undefined;
  if (row.form === 'present') {
    const isThere = !('text' in answer) || answer.text !== 'None';
    const truth = 'text' in answer && /^(True|False)$/.test(answer.text) ? answer.text : isThere ? 'True' : 'False';
    return `result = ${call}\nassert (result if isinstance(result, bool) else result is not None) == ${truth}`;
  }
  if (row.form === 'root') return `assert abs(polynomial(${args}, ${call})) <= ${inPython(row.atol || 1e-4)}`;
  if (!('text' in answer)) return undefined;
  if (row.form === 'set') return `assert set(${call}) == set(${answer.text})`;
  return equalTest(call, answer, alternative, row.atol);
};

/** Tests of an input list and its answers, each text once; and how many inputs gave none. */
export const evalPlusTests = (
  row: EvalPlusRow,
  calls: readonly EvalPlusCall[],
  answers: readonly ReferenceAnswer[],
): { tests: string[]; leftOut: number } => {
  const tests = calls.flatMap((call, at) => testOf(row, call, answers[at] ?? { lost: 'no answer' }) ?? []);
  return { tests: [...new Set(tests)], leftOut: calls.length - tests.length };
};

/** What the tests call beside the entry point. */
export const evalPlusSetup = (row: EvalPlusRow, tests: readonly string[]): string | undefined => {
  if (row.form === 'root') return rootSetup;
  return tests.some((test) => test.includes('near(')) ? nearSetup : undefined;
};

const datasets = {
  mbpp: { name: 'mbppplus', license: 'Apache-2.0' },
  humaneval: { name: 'humanevalplus', license: 'Apache-2.0' },
} as const;

/** A task's own limit where its reference needs more than a quarter of the default one: four times what it used. */
export const cpuLimitFor = (usedMs: number, defaultLimitMs: number): number | undefined =>
  usedMs * 4 > defaultLimitMs ? Math.ceil((usedMs * 4) / 500) * 500 : undefined;

/** The source problem's id, under which the set it was made from has it: splits go by it. */
const problemIdOf = (dataset: EvalPlusDataset, taskId: string): string =>
  dataset === 'mbpp' ? taskId.replace(/^Mbpp\//, 'mbpp/') : taskId;

/** The problem: base inputs are visible, plus inputs hidden. */
export const evalPlusProblem = (
  dataset: EvalPlusDataset,
  row: EvalPlusRow,
  { tests, hiddenTests, cpuLimitMs, leftOut }: Pick<Task, 'tests' | 'hiddenTests' | 'cpuLimitMs'> & { leftOut: number },
): Task => {
  const setup = evalPlusSetup(row, [...tests, ...(hiddenTests ?? [])]);
  const split = dataset === 'mbpp' ? mbppSplit(Number(row.taskId.split('/')[1])) : 'test';
  const { name, license } = datasets[dataset];
  return {
    id: row.taskId,
    intent: row.intent,
    entryPoint: row.entryPoint,
    ...(setup && { setup }),
    tests,
    ...(hiddenTests?.length && { hiddenTests }),
    reference: row.program,
    ...(cpuLimitMs !== undefined && { cpuLimitMs }),
    problemId: problemIdOf(dataset, row.taskId),
    source: { dataset: name, license },
    ...(split && { split }),
    ...(leftOut > 0 && { inputsLeftOut: leftOut }),
  };
};
