export interface Span {
  fromMs: number;
  toMs: number;
}

/** Time that attempts took which were not cut off, and what was new in them: what earlier ones left says nothing about speed. */
export interface Worked {
  /** In order, without overlap. */
  spans: Span[];
  made: number;
}
