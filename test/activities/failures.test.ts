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
