import type { Estimate } from '../core/statistics/interval.js';
import type { PairedDifference } from '../core/statistics/paired.js';
import { html, type Markup } from './html.js';

/** A share in percent with one decimal, without its sign. */
export const percent = (share: number): string => (100 * share).toFixed(1);

const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export const count = (value: number): string => wholeNumber.format(value);

/** `1 task`, `2 tasks`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const estimateText = ({ mean, low, high }: Pick<Estimate, 'mean' | 'low' | 'high'>): string =>
  `${percent(mean)} [${percent(low)}, ${percent(high)}]`;

const signed = (share: number): string => {
  const text = percent(Math.abs(share));
  if (text === '0.0') return text;
  return `${share < 0 ? '\u2212' : '+'}${text}`;
};

/** Points of percent, b minus a. */
export const differenceText = ({ difference, low, high }: PairedDifference): string =>
  `${signed(difference)} [${signed(low)}, ${signed(high)}]`;

export const modelName = (round: number): string => (round === 0 ? 'base (few-shot)' : `round ${round}`);

/** `2026-11-23 01:46 UTC`. */
export const time = (iso: string): Markup =>
  html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;

export const duration = (seconds: number): string => {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** A digest whole, for it is there to be compared. */
export const digestCode = (digest: string): Markup => html`<code class="digest">${digest}</code>`;

const reasons: Record<string, string> = {
  ok: 'passed',
  assertion: "a test's assert failed",
  exception: 'raised an exception',
  timeout: 'ran out of time',
  memory: 'ran out of memory',
  output: 'wrote too much output',
  protocol: 'broke the test protocol',
  unparsable: 'no program that parses',
  unchanged: 'repeated the bug unchanged',
  flaky: 'not the same twice',
  infrastructure: 'no verdict: our failure',
};
export const reasonText = (reason: string): string => reasons[reason] ?? reason;

const leftOut: Record<string, string> = {
  noProgram: 'program that does not parse',
  unchanged: 'bug unchanged',
  emptyRationale: 'no rationale',
  vacuousRationale: 'rationale says too little',
  contradictedRationale: 'rationale contradicted by trace or tests',
  unsupportedRationale: 'no claim of the rationale holds',
  duplicate: 'fix already kept',
  perTask: 'enough of its task',
  limit: 'over the limit',
};
/** Selection's reasons in words; `verdict` depends on what is wanted: a control arm keeps samples that failed. */
export const leftOutText = (reason: string, keeps: 'passing' | 'failing'): string =>
  reason === 'verdict' ? `did not ${keeps === 'passing' ? 'pass' : 'fail'}` : (leftOut[reason] ?? reason);
