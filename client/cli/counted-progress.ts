import { formatDuration } from './progress-line.js';

const terminalEveryMs = 200;
const plainEveryMs = 30_000;

/** `123/974 tasks, 87/s, 10s left`; what was known before is counted, but is no measure of speed. */
export const countedLine = (
  { done, known, total, unit }: { done: number; known: number; total: number; unit: string },
  elapsedMs: number,
): string => {
  const perSecond = (done - known) / Math.max(0.001, elapsedMs / 1000);
  const left = perSecond > 0 ? `, ${formatDuration(((total - done) / perSecond) * 1000)} left` : '';
  return `${done}/${total} ${unit}, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s${left}`;
};

/** A line that is rewritten on a terminal, and now and then a new one elsewhere. Silent where the total is unknown. */
export const countedProgress = ({
  total,
  unit,
}: {
  total: number;
  unit: string;
}): { show: (done: number, known: number) => void; clear: () => void } => {
  const terminal = process.stderr.isTTY === true;
  const startedAtMs = performance.now();
  let shownAtMs = startedAtMs;
  return {
    show: (done, known) => {
      const nowMs = performance.now();
      if (Number.isNaN(total) || nowMs - shownAtMs < (terminal ? terminalEveryMs : plainEveryMs)) return;
      shownAtMs = nowMs;
      const line = countedLine({ done, known, total, unit }, nowMs - startedAtMs);
      process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    clear: () => {
      if (terminal && !Number.isNaN(total)) process.stderr.write('\r\x1b[K');
    },
  };
};
