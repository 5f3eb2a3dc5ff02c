/** One line of `nextune doctor`: `warn` is worth knowing, with `fail` something that a campaign needs does not work. */
export interface Finding {
  name: string;
  state: 'ok' | 'warn' | 'fail';
  /** What was found. */
  found: string;
  /** What to do about it; null when nothing has to be done. */
  remedy: string | null;
}

export const ok = (name: string, found: string): Finding => ({ name, state: 'ok', found, remedy: null });
export const warn = (name: string, found: string, remedy: string): Finding => ({ name, state: 'warn', found, remedy });
export const fail = (name: string, found: string, remedy: string): Finding => ({ name, state: 'fail', found, remedy });

export const gibibyte = 1024 ** 3;
export const inGibibytes = (bytes: number): string => `${(bytes / gibibyte).toFixed(1)} GiB`;
