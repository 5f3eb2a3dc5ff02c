import { exitStatus, print, printError, printJson } from '../../output.js';
import { formatDuration } from '../../progress-line.js';

/** Refusals printed in full; the rest are counted, and `--json` has them all. */
const maxRefusalsShown = 20;
const terminalEveryMs = 200;
const plainEveryMs = 10_000;

export const inWords = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

export const printRefusals = (refused: readonly { place?: string; id: string; reason: string }[]): void => {
  for (const { place, id, reason } of refused.slice(0, maxRefusalsShown)) {
    printError(`${place ? `${place}: ` : ''}${id}: ${reason}`);
  }
  const more = refused.length - maxRefusalsShown;
  if (more > 0) printError(`… and ${more} more; --json lists them all`);
};

export interface Shown {
  /** What is done now, in words. */
  step: string;
  done: number;
  /** Unknown while a file streams in. */
  total?: number;
  /** Found in an earlier run's journal; they say nothing about the rate. */
  resumed?: number;
  note?: string;
}

const paceOf = ({ done, total, resumed = 0 }: Shown, sinceMs: number): string => {
  const seconds = (performance.now() - sinceMs) / 1000;
  const perSecond = (done - resumed) / Math.max(seconds, 0.001);
  if (done <= resumed) return '';
  const left = total === undefined ? '' : `, ${formatDuration(((total - done) / perSecond) * 1000)} left`;
  return ` (${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s${left})`;
};

/** A line of progress with rate and time left: rewritten on a terminal, a new one every ten seconds elsewhere. */
export const progressPrinter = (): { show: (shown: Shown) => void; clear: () => void } => {
  const terminal = process.stderr.isTTY === true;
  let [step, sinceMs, shownAtMs] = ['', performance.now(), performance.now()];
  const clear = (): void => {
    if (terminal) process.stderr.write('\r\x1b[K');
  };
  return {
    clear,
    show: (shown) => {
      const now = performance.now();
      if (shown.step !== step) [step, sinceMs] = [shown.step, step === '' ? sinceMs : now];
      if (now - shownAtMs < (terminal ? terminalEveryMs : plainEveryMs)) return;
      shownAtMs = now;
      const counted = shown.total === undefined ? `${shown.done}` : `${shown.done}/${shown.total}`;
      const line = `${step} ${counted}${shown.note ? `, ${shown.note}` : ''}${paceOf(shown, sinceMs)}`;
      clear();
      process.stderr.write(terminal ? line : `${line}\n`);
    },
  };
};

/** The first ctrl-c stops in good order; what is done is kept. */
export const stopOnInterrupt = (howToGoOn: string): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Error(`stopped: ${howToGoOn}`)));
  }
  return controller.signal;
};

/** Runs the work, prints its report in words or JSON with the seconds it took, and says by the status how it went. */
export const reporting = async <Report>(
  work: () => Promise<Report>,
  options: {
    json: boolean;
    show: (report: Report, seconds: number) => void;
    isGood: (report: Report) => boolean;
  },
): Promise<number> => {
  const startMs = performance.now();
  const report = await work();
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  if (options.json) printJson({ ...report, seconds });
  else options.show(report, seconds);
  return options.isGood(report) ? exitStatus.ok : exitStatus.failure;
};

export const printWritten = (output: string, digest: string | null, otherwise: string): void =>
  print(digest === null ? otherwise : `wrote ${output} ${digest}`);
