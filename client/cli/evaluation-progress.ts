import { countedLine } from './counted-progress.js';

interface ArmProgress {
  arm: string;
  done: number;
  total: number;
  /** Found in the ledger. */
  recorded: number;
}

const terminalEveryMs = 200;
const plainEveryMs = 30_000;

/** `with trace: 12/40 samples, 2.0/s, 14s left`; without a rate until an answer has been asked for and had. */
export const evaluationLine = ({ arm, done, total, recorded }: ArmProgress, elapsedMs: number): string => {
  const counted =
    done > recorded
      ? countedLine({ done, known: recorded, total, unit: 'samples' }, elapsedMs)
      : `${done}/${total} samples`;
  return `${arm}: ${counted}${recorded > 0 ? `, ${recorded} from the ledger` : ''}`;
};

/** A line that is rewritten on a terminal; elsewhere one for each arm and now and then. */
export const evaluationProgress = (): ((progress: ArmProgress) => void) => {
  const terminal = process.stderr.isTTY === true;
  let arm = '';
  let startedAtMs = 0;
  let shownAtMs = 0;
  return (progress) => {
    const nowMs = performance.now();
    if (progress.arm !== arm) {
      arm = progress.arm;
      startedAtMs = nowMs;
    } else if (nowMs - shownAtMs < (terminal ? terminalEveryMs : plainEveryMs) && progress.done < progress.total)
      return;
    shownAtMs = nowMs;
    const line = evaluationLine(progress, nowMs - startedAtMs);
    const ended = progress.done >= progress.total ? '\n' : '';
    process.stderr.write(terminal ? `\r\x1b[K${line}${ended}` : `${line}\n`);
  };
};
