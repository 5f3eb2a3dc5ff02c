import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const starter = fileURLToPath(new URL('../../starter/problems', import.meta.url));

/** `assert f(arguments) == constant` of literals alone, which is what EvalPlus can be given. */
const plainAssert = (name) => new RegExp(`^assert ${name}\\((.*)\\) == (.*)$`, 's');
const literal = /^[-\w\s.,:'"()[\]{}]*$/;
const words = /[A-Za-z_]\w*/g;
const isLiteral = (text) =>
  literal.test(text) &&
  !/[\w\])]\s*[([]/.test(text.replace(/'[^']*'|"[^"]*"/g, '0')) &&
  (text.replace(/'[^']*'|"[^"]*"/g, '').match(words) ?? []).every((word) => /^(True|False|None)$/.test(word));

const splitTest = (problem, test) => {
  const [, given, expected] = plainAssert(problem.entryPoint).exec(test) ?? [];
  return given !== undefined && isLiteral(given) && isLiteral(expected) ? { given, expected } : undefined;
};

/** Problems whose visible tests all have a form that every peer can be given, spread over the starter set. */
export const benchProblems = (count) => {
  const rows = readdirSync(starter)
    .sort()
    .flatMap((file) => readFileSync(join(starter, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line));
  const usable = rows.flatMap(({ hiddenTests: _, ...task }) => {
    const calls = task.tests.map((test) => splitTest(task, test));
    return calls.every(Boolean) ? [{ task, calls }] : [];
  });
  const step = Math.max(1, Math.floor(usable.length / count));
  return usable.filter((_, at) => at % step === 0).slice(0, count);
};

/** A problem as the peers take it. */
export const forPeers = ({ task, calls }) => ({
  name: task.entryPoint,
  program: task.reference,
  asserts: task.tests,
  inputs: calls.map(({ given }) => (given.trim() === '' ? '[]' : `[${given}]`)),
  expected: calls.map(({ expected }) => expected),
});
