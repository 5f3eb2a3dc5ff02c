/** Types of the failures that cross Temporal: stable, dotted, each with its retry decision. */
export const failureTypes = {
  serverUnavailable: { type: 'nextune.server.unavailable', retryable: true },
  configInvalid: { type: 'nextune.config.invalid', retryable: false },
  dataInvalid: { type: 'nextune.data.invalid', retryable: false },
  modelUnavailable: { type: 'nextune.model.unavailable', retryable: true },
  modelSilent: { type: 'nextune.model.silent', retryable: true },
  modelRateLimited: { type: 'nextune.model.rate-limited', retryable: true },
  /** No such model there: a wrong name, or an adapter that its server has lost. */
  modelUnknown: { type: 'nextune.model.unknown', retryable: false },
  /** The worker has not the variable that holds the endpoint's key. */
  modelKeyMissing: { type: 'nextune.model.key-missing', retryable: true },
  modelRefused: { type: 'nextune.model.refused', retryable: false },
  modelFiltered: { type: 'nextune.model.filtered', retryable: true },
  modelProtocol: { type: 'nextune.model.protocol', retryable: true },
  sandboxBroken: { type: 'nextune.sandbox.broken', retryable: true },
  sandboxWeak: { type: 'nextune.sandbox.weak', retryable: false },
  verdictsMissing: { type: 'nextune.verdicts.missing', retryable: false },
  trainerFailed: { type: 'nextune.trainer.failed', retryable: true },
  /** A person's wish that a campaign can't grant as it stands. */
  wishRefused: { type: 'nextune.wish.refused', retryable: false },
  storeCorrupt: { type: 'nextune.store.corrupt', retryable: false },
  sealingFailed: { type: 'nextune.sealing.failed', retryable: true },
  storeUnavailable: { type: 'nextune.store.unavailable', retryable: true },
} as const;
export type FailureKind = keyof typeof failureTypes;

/** A broken world, as an adapter sees it: what happened, to what, and what to do next, with the retry decision by kind. */
export class NextuneFailure extends Error {
  readonly kind: FailureKind;
  /** When the other side said how long to wait (HTTP retry-after). */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'NextuneFailure';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const unreachable: ReadonlySet<FailureKind> = new Set(['storeUnavailable', 'serverUnavailable', 'modelUnavailable']);

/** A service did not answer, so that nothing is known of what it holds. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof NextuneFailure && unreachable.has(error.kind);

/** No room on the disk (ENOSPC), or none left of a quota (EDQUOT): errno(3). */
export const isFullDisk = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

/** What a person reads then; `path` is what could not be written. */
export const fullDiskMessage = (path: string | undefined): string =>
  `no space left on the disk${path ? ` to write ${path}` : ''}: make room; it goes on by itself then`;

/** Bad input from a person: file, line and reason. Commands print it and exit with 2. */
export class InputError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'InputError';
  }
}
