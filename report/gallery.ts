import { parseCompletion } from '../core/prompt/parse.js';
import type { RenderedTrace } from '../core/trace/index.js';
import type { Example, Gallery } from './data.js';
import { diffMarkup } from './diff.js';
import { html, type Markup } from './html.js';
import { counted, modelName, reasonText } from './words.js';

/** A small model may ramble on; a page shows the beginning and says what it leaves out. */
const maxChars = 6000;

const cut = (text: string): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars)}\n… and ${text.length - maxChars} more characters`;

/** The traced program with what the tracer added set apart from what the program says. */
const traceMarkup = ({ text, spans }: RenderedTrace): Markup => {
  const pieces: (Markup | string)[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    pieces.push(text.slice(from, start), html`<span class="trace">${text.slice(start, end)}</span>`);
    from = end;
  }
  return html`<pre><code>${pieces}${text.slice(from)}</code></pre>
`;
};

const testsText = ({ verdict }: Example): string => {
  if (verdict.tests.length === 0) return 'no test was run';
  const passed = (hidden: boolean): string => {
    const tests = verdict.tests.filter((test) => test.hidden === hidden);
    return `${tests.filter(({ outcome }) => outcome === 'ok').length} of ${tests.length}`;
  };
  const hidden = verdict.tests.some((test) => test.hidden) ? ` and ${passed(true)} hidden` : '';
  return `${passed(false)} visible${hidden} tests pass`;
};

const firstFailing = ({ verdict, task }: Example): Markup | undefined => {
  const failing = verdict.tests.find(({ outcome }) => outcome !== 'ok' && outcome !== 'notRun');
  if (!failing || verdict.verdict === 'pass') return undefined;
  if (failing.hidden) return html`<p>First failing test: hidden test ${failing.index + 1}.</p>\n`;
  return html`<p>First failing test:</p>
<pre><code>${cut(task.tests[failing.index] ?? '')}</code></pre>
`;
};

const answerMarkup = ({ sample, task }: Example): Markup => {
  const parsed = parseCompletion(sample.completion);
  if (!parsed.ok) {
    return html`<h4>The answer, which holds no whole program</h4>
<pre class="wrap"><code>${cut(sample.completion) || '(empty)'}</code></pre>
`;
  }
  return html`<h4>The model's rationale</h4>
<blockquote>${cut(parsed.rationale) || '(none)'}</blockquote>
<h4>From the bug to its answer</h4>
${diffMarkup(cut(task.buggy ?? ''), cut(parsed.program))}`;
};

const tallyText = ({ tally, baseTally }: Example, round: number): string => {
  const own = `${tally.passes} of ${counted(tally.n, 'sample')} of ${modelName(round)} passed`;
  return baseTally && round > 0 ? `${own}; ${baseTally.passes} of ${baseTally.n} of the base's` : own;
};

const exampleMarkup = (example: Example, round: number): Markup => {
  const { task, sample, verdict, split, trace } = example;
  return html`<article>
<h3>${task.id}</h3>
<p>${cut(task.intent)}</p>
<p><strong class="${verdict.verdict}">${verdict.verdict}</strong>${verdict.verdict === 'pass' ? '' : `, ${reasonText(verdict.reason)}`}: ${testsText(example)}.
<span class="note">Sample ${sample.index + 1}, ${split} split; ${tallyText(example, round)}; judged in ${verdict.isolation}.</span></p>
${firstFailing(example)}<h4>The bug with its trace</h4>
${traceMarkup(trace)}${answerMarkup(example)}</article>
`;
};

/** Solved and failed answers to held-out bugs. They are chosen by a rule that the page states, not by taste. */
export const galleryMarkup = ({ round, tasks, tasksSolved, solved, failed }: Gallery): Markup => {
  const shown = (examples: readonly Example[]): Markup[] => examples.map((one) => exampleMarkup(one, round));
  return html`<p>Answers of ${modelName(round)} to held-out bugs. It solved ${tasksSolved} of ${counted(tasks, 'task')} with at least one sample.
<span class="note">Shown are the shortest programs, one of a problem: of solved tasks the first sample that passed, of tasks that no sample solved
one of each reason in turn, the most frequent first.</span></p>
<section id="solved"><h3 class="part">Solved</h3>
${solved.length === 0 ? html`<p>No held-out bug was repaired by this model.</p>\n` : shown(solved)}</section>
<section id="failed"><h3 class="part">Failed</h3>
${failed.length === 0 ? html`<p>There is no task without a solution.</p>\n` : shown(failed)}</section>
`;
};
