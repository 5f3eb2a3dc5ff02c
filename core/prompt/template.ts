import type { ChatMessage } from '../../contract/completion.js';

/** Bumped with every change of wording: it stands in manifests, so that two rounds are known to have asked alike. */
export const promptVersion = 'repair-2';

/** What a repair prompt is made of. `program` is the buggy program, annotated with its trace where there is one. */
export interface RepairPrompt {
  intent: string;
  program: string;
  tests: readonly string[];
  /** The first failing test and how it ended, as the tracer saw it; undefined when nothing was observed. */
  failure?: { test: string; ended: string };
}

/** A solved example shown before the problem: the answer a good model would have given. */
export interface Shot {
  prompt: RepairPrompt;
  rationale: string;
  fix: string;
}

const system =
  'You repair Python programs. Say in one or two sentences what the program does wrong and how to fix it, ' +
  'then give the whole fixed program in one python code block.';

const systemWithoutRationale =
  'You repair Python programs. Give the whole fixed program in one python code block, and nothing else.';

const fenced = (program: string): string => `\`\`\`python\n${program.trimEnd()}\n\`\`\``;

const failureLine = ({ test, ended }: { test: string; ended: string }): string =>
  `First failing test: ${test.trim()}\nIt ended with: ${ended}`;

const user = (prompt: RepairPrompt): string =>
  [
    `Intent: ${prompt.intent.trim()}`,
    `Buggy program:\n${fenced(prompt.program)}`,
    `Tests:\n${prompt.tests.map((test) => test.trim()).join('\n')}`,
    ...(prompt.failure ? [failureLine(prompt.failure)] : []),
  ].join('\n\n');

/** The answer's shape: rationale first where there is one, then one fenced program. The parser reads this back. */
export const renderAnswer = (rationale: string, fix: string): string =>
  rationale.trim() === '' ? fenced(fix) : `${rationale.trim()}\n\n${fenced(fix)}`;

/** Messages of one repair request: the instruction, the shots as earlier turns, the problem. Equal input, equal bytes. */
export const renderMessages = (prompt: RepairPrompt, shots: readonly Shot[], withRationale: boolean): ChatMessage[] => [
  { role: 'system', content: withRationale ? system : systemWithoutRationale },
  ...shots.flatMap((shot): ChatMessage[] => [
    { role: 'user', content: user(shot.prompt) },
    { role: 'assistant', content: renderAnswer(withRationale ? shot.rationale : '', shot.fix) },
  ]),
  { role: 'user', content: user(prompt) },
];
