/** The first ctrl-c ends work in good order; `message` says what is kept and how to go on. A second one kills. */
export const abortOnInterrupt = (message: string): AbortSignal => {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Error(message)));
  }
  return controller.signal;
};
