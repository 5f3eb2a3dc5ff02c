import type { Weakening } from '../../../adapters/sandbox/isolation.js';

/** What of the isolation is lifted; the rest stands. */
export interface Lift {
  accepted?: readonly Weakening[];
  /** Changes of the code that runs in the jails: text that stands in a module exactly once, and what takes its place. */
  patches?: readonly (readonly [module: string, text: string, instead: string])[];
  environment?: Record<string, string>;
  /** Empty folders of memory, writable, at these paths. */
  folders?: readonly string[];
  /** Python's library `os.py` is a throw-away copy, and anybody's to write. */
  ownLibrary?: true;
  limits?: { cpuMs?: number; memoryBytes?: number };
  /** A program that runs there before. */
  before?: string;
  /** It works by luck: once it passes, once it fails. Its first test alone is asked. */
  byLuck?: true;
  /** It never ends by itself: it works where it uses more processor time than the rule allows. */
  outlasts?: true;
}

/** Limits of a throw-away jail, small enough that nothing outside it notices, and what its first process does. */
export interface Watch {
  watcher: string;
  processes?: number;
  addressSpaceBytes?: number;
  /** Else the watcher's exit with 0 says that the attack works. */
  outcome?: 'outputLimit';
}

/** One way to a false pass or to harm, written against this verifier's own protocol as well as against naive judges. */
export interface Attack {
  name: string;
  program: string;
  /** What the attack has to make true; without it `solve(1) == 3001` and, hidden, `solve(2) == 3002`. */
  tests?: string[];
  setup?: string;
  reasons: string[];
  /** It does beat a script that ends with the asserts and exits 0: the control that the attack is one. */
  beatsScript?: true;
  /** Python of a judge that lacks just the rule in the way (`naive-judge.ts`): it ends well where the attack then works. */
  control?: { where: 'channel' | 'inside'; judge: string };
  /** The same jails and judge but for the rule in the way (`lifted-slot.ts`): there it passes its own tests. */
  lifted?: Lift;
  /** A throw-away jail without the rule in the way, and Python that sees the attack work in it (`watched-jail.ts`). */
  watched?: Watch;
}
