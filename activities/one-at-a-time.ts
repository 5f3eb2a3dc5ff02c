import type { Digest } from '../contract/digest.js';
import type { Ledger } from './ports.js';

/** What this process is asking for, by the ledger that it will be recorded in. */
const asking = new WeakMap<Ledger, Map<Digest, Promise<unknown>>>();

/**
 * Runs `ask` once no other call of this process asks for the same key: an attempt that took the place of one which is still at work, or a
 * second campaign, waits for the answer and finds it in the ledger. Where the first got none the next one asks.
 */
export const oneAtATime = async <Result>(
  ledger: Ledger,
  key: Digest,
  signal: AbortSignal,
  ask: () => Promise<Result>,
): Promise<Result> => {
  const out = asking.get(ledger) ?? new Map<Digest, Promise<unknown>>();
  asking.set(ledger, out);
  for (let other = out.get(key); other; other = out.get(key)) await endOf(other, signal);
  const mine = ask();
  out.set(key, mine);
  try {
    return await mine;
  } finally {
    out.delete(key);
  }
};

/** @throws the signal's reason where that comes first */
const endOf = async (other: Promise<unknown>, signal: AbortSignal): Promise<void> => {
  signal.throwIfAborted();
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([other.catch(() => undefined), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
