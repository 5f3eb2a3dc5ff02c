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
}
