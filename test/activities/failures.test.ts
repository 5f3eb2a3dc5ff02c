import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { toTemporalFailure } from '../../activities/failures.js';
import { failureTypes, InputError, NextuneFailure } from '../../contract/failures.js';

describe('toTemporalFailure', () => {
  it.each(Object.entries(failureTypes))('%s keeps its type and its retry decision', (kind, { type, retryable }) => {
    const failure = toTemporalFailure(new NextuneFailure(kind as keyof typeof failureTypes, 'what happened'));
    expect(failure).toMatchObject({ type, nonRetryable: !retryable, message: 'what happened' });
    expect(failure).toBeInstanceOf(ApplicationFailure);
  });

  it("honours a server's retry-after as the next delay", () => {
    const failure = toTemporalFailure(new NextuneFailure('modelRateLimited', 'slow down', { retryAfterMs: 7000 }));
    expect(failure).toMatchObject({ nextRetryDelay: 7000 });
  });

  it('leaves the delay to the policy where a server says at once: Temporal would take 0 for never', () => {
    const failure = toTemporalFailure(new NextuneFailure('modelUnavailable', 'busy', { retryAfterMs: 0 }));
    expect(failure).toMatchObject({ nonRetryable: false });
    expect((failure as ApplicationFailure).nextRetryDelay).toBeUndefined();
  });

  it('retries on a full disk, and says what to do', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', path: 'scratch/x' });
    expect(toTemporalFailure(full)).toMatchObject({
      type: 'nextune.store.unavailable',
      nonRetryable: false,
      message: 'no space left on the disk to write scratch/x: make room; it goes on by itself then',
    });
  });

  it('never retries bad input', () => {
    expect(toTemporalFailure(new InputError('line 3'))).toMatchObject({ nonRetryable: true });
  });

  it('passes cancellation and unknown errors through', () => {
    const cancelled = new CancelledFailure('stop');
    const unknown = new TypeError('bug');
    expect(toTemporalFailure(cancelled)).toBe(cancelled);
    expect(toTemporalFailure(unknown)).toBe(unknown);
  });
});
