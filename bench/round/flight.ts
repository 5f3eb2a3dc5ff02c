/** How full an endpoint was kept since it was last asked. Times are of the epoch, so that another process can place them. */
export interface Flight {
  firstRequestAtMs: number;
  lastAnswerAtMs: number;
  /** Over the time between these two. */
  meanInFlight: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();

/** Follows the requests in flight; `read` begins anew. */
export const followFlight = () => {
  let inFlight = 0;
  let firstRequestAtMs: number | undefined;
  let lastAnswerAtMs = 0;
  let changedAtMs = 0;
  let requestMs = 0;
  const change = (by: number): number => {
    const at = nowMs();
    firstRequestAtMs ??= at;
    requestMs += inFlight * (at - Math.max(changedAtMs, firstRequestAtMs));
    inFlight += by;
    changedAtMs = at;
    return at;
  };
  return {
    arrived: (): void => void change(1),
    answered(): void {
      lastAnswerAtMs = change(-1);
    },
    read(): Flight {
      const first = firstRequestAtMs ?? 0;
      const flight = {
        firstRequestAtMs: first,
        lastAnswerAtMs,
        meanInFlight: requestMs / (lastAnswerAtMs - first),
      };
      firstRequestAtMs = undefined;
      requestMs = 0;
      return flight;
    },
  };
};
