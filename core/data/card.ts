import type { RepairTask, Task } from '../../contract/task.js';
import { countBy } from './count.js';
import { answerFates } from './wrong-solutions.js';

/** What a data card says of a built set, beside what can be counted in it. */
export interface Provenance {
  /** Of the file of tasks. */
  digest: string;
  code: string;
  seed: string;
  perProblem: number;
  limit: number | undefined;
  /** The model that wrote the bugs; without it they are mutations. */
  model?:
    | {
        name: string;
        digest: string;
        /** Answers a problem. */
        samples: number;
        sampling: { temperature: number; topP: number; maxTokens: number };
        shots: number;
        prompt: string;
      }
    | undefined;
  /** What became of the model's answers. */
  answers: Readonly<Record<string, number>>;
  problems: number;
  refused: readonly { id: string; reason: string }[];
  /** Candidate bugs that were run. */
  tried: number;
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
};

const problemsIn = (tasks: readonly Task[]): number => new Set(tasks.map(({ problemId }) => problemId)).size;

const splitRows = (tasks: readonly RepairTask[]): (string | number)[][] =>
  Object.entries(countBy(tasks, ({ split }) => split ?? 'none')).map(([split, count]) => [
    split,
    problemsIn(tasks.filter((task) => (task.split ?? 'none') === split)),
    count,
  ]);

const modelSection = ({ model, answers }: Provenance): string[] => {
  if (!model) return [];
  const { name, digest, samples, sampling, shots, prompt } = model;
  const { temperature, topP, maxTokens } = sampling;
  const how = `${samples} answers a problem at temperature ${temperature}, top_p ${topP}, at most ${maxTokens} tokens, ${shots} worked examples, prompt ${prompt}`;
  const fates = answerFates.map((fate) => [fate, answers[fate] ?? 0] as const);
  return [`## Answers of the model\n\n${name}, \`${digest}\`: ${how}\n\n${table(['answer', 'answers'], fates)}`];
};

/** Kinds of bugs: a mutation's operator, or `model` for a wrong solution. */
export const kindOfBug = ({ mutation }: Task): string =>
  typeof mutation === 'object' && mutation !== null && 'operator' in mutation ? String(mutation.operator) : 'model';

const sourceRows = (tasks: readonly RepairTask[]): (string | number)[][] =>
  Object.entries(countBy(tasks, ({ source }) => `${source.dataset} | ${source.license}`)).map(([name, count]) => [
    ...name.split(' | '),
    count,
  ]);

/** Ids in a reason would make every reason one of its own. */
const reasonRows = (refused: Provenance['refused']): (string | number)[][] =>
  Object.entries(countBy(refused, ({ reason }) => reason.replace(/\d+/g, 'N'))).map(([reason, count]) => [
    reason,
    count,
  ]);

/** The card of a built set as Markdown: the same set and plan give the same card. */
export const dataCard = (tasks: readonly RepairTask[], provenance: Provenance): string => {
  const { digest, code, seed, perProblem, limit, model, problems, refused, tried } = provenance;
  const withHidden = tasks.filter(({ hiddenTests }) => hiddenTests?.length);
  const made = tasks.filter(({ hiddenTestsFrom }) => hiddenTestsFrom !== undefined);
  const sections = [
    `# Data card: ${tasks.length} repair tasks from ${problemsIn(tasks)} problems`,
    [
      `- Digest of the file: \`${digest}\``,
      `- Built by Nextune ${code}: bugs by ${model ? `the model ${model.name}` : 'mutation'}, seed ${seed}, at most ${perProblem} a problem${limit === undefined ? '' : `, at most ${limit} in all`}`,
      `- ${problems} problems given, ${refused.length} refused; ${tried} candidate bugs were run`,
      `- Every bug fails a visible test in the sandbox, so none is an equivalent of its reference; no two of a problem ${model ? 'do the same on all calls of its tests and near them' : 'have one syntax tree'}`,
      `- Hidden tests: ${withHidden.length} tasks; of ${made.length} some or all were made from the reference's answers`,
      `- Splits are by source problem, never by bug`,
    ].join('\n'),
    `## Splits\n\n${table(['split', 'problems', 'tasks'], splitRows(tasks))}`,
    `## Kinds of bugs\n\n${table(['kind', 'tasks'], Object.entries(countBy(tasks, kindOfBug)))}`,
    ...modelSection(provenance),
    `## Sources and licences\n\n${table(['data set', 'licence', 'tasks'], sourceRows(tasks))}`,
  ];
  if (refused.length > 0) sections.push(`## Refused problems\n\n${table(['reason', 'problems'], reasonRows(refused))}`);
  return `${sections.join('\n\n')}\n`;
};
