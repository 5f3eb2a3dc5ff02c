import { wishLines } from '../../../client/cli/control-lines.js';
import { failingLines } from '../../../client/cli/failing-lines.js';
import { progressLine } from '../../../client/cli/progress-line.js';
import type { StepProgress } from '../../../contract/campaign.js';
import type { Hold } from '../../../contract/control.js';

const viewOf = (by: Hold['by'], step: string) => {
  const hold = { by, reason: 'because', sinceMs: 1000, now: false };
  const doing: StepProgress = { step, unit: 'samples', done: 6, total: 24, passes: 2, startedAtMs: 0 };
  const progress = { phase: 'round' as const, round: 2, rounds: 3, checkpoints: [], hold };
  return { campaign: 'c-1', state: 'running' as const, progress, step: doing };
};

describe('a held campaign', () => {
  it.each([
    ['failure', 'train', 'nextune retry 2 c-1 --from sample'],
    ['failure', 'select', 'nextune retry 2 c-1 --from select'],
    ['failure', 'fine-tune', 'nextune retry 2 c-1 --from fine-tune'],
    ['failure', 'dev', 'nextune retry 2 c-1 --from evaluate'],
    ['budget', 'train', 'nextune resume c-1'],
    ['approval', 'train', 'nextune approve c-1'],
    ['person', 'train', 'nextune resume c-1'],
  ] as const)('held (%s) in %s names the command that goes on: %s', (by, step, command) => {
    const [held, remedy] = wishLines(viewOf(by, step));
    expect(held).toBe(`held (${by}): because`);
    expect(remedy).toContain(command);
  });

  it('shows where it stands and for how long', () => {
    expect(progressLine(viewOf('person', 'train'), 13_000)).toBe(
      'round 2/3: sampling fixes 6/24 samples, held (person) for 12s',
    );
  });
});

describe('failing steps', () => {
  const step = (workflowId: string, sinceMs: number, lastError = 'Connection error.\n at …') => ({
    step: 'sample',
    workflowId,
    attempt: 5,
    sinceMs,
    nextAttemptMs: 62_000,
    lastError,
    type: 'nextune.model.silent',
    advice: 'see that it is up',
  });

  it('of one cause are told once, from the first, with what to do', () => {
    const lines = failingLines([step('b', 50_000), step('a', 40_000), step('c', 55_000, 'another')], 60_000);
    expect(lines).toEqual([
      'failing: sample of a and 1 more, attempt 5, first tried 20s ago, next in 2s',
      '  last error: Connection error.',
      '  what to do: see that it is up',
      'failing: sample of c, attempt 5, first tried 5s ago, next in 2s',
      '  last error: another',
      '  what to do: see that it is up',
    ]);
  });
});
