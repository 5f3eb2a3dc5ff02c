import { readLiteral } from './literal.js';

/** What a rationale says of a value: of a variable, of what the program returned, or of what a test expects. */
export interface Claim {
  about: 'variable' | 'returned' | 'expected';
  /** The variable's name. */
  name?: string;
  /** The value as a canonical literal. */
  value: string;
  /** The words it was found in. */
  text: string;
}

interface Pattern {
  about: Claim['about'];
  /** Matches up to where the literal begins; a first group is the variable's name. */
  lead: RegExp;
}

const filler = `(?:the |a |an |value |list |string |number |tuple |dictionary |dict |set |result |of )*`;
const outcome = `(?:output|result|value|return value|returned value|answer)`;

/** In this order: a lead that an earlier one has covered is passed over. */
const patterns: Pattern[] = [
  {
    about: 'expected',
    lead: new RegExp(
      String.raw`\bexpect(?:s|ed|ing)?\s+(?:${outcome}\s*)?(?:is |was |of |to be |to return |to get |to |are )?:?\s*${filler}`,
      'gi',
    ),
  },
  {
    about: 'expected',
    lead: new RegExp(
      String.raw`\b(?:should|must|ought to|supposed to)\s+(?:have\s+)?(?:be|been|return(?:ed)?|give|given|yield|equal|produce|output)\s+${filler}`,
      'gi',
    ),
  },
  {
    about: 'returned',
    lead: new RegExp(String.raw`\b(?:actual|returned|observed)\s+${outcome}?\s*(?:is|was|of|:)\s*${filler}`, 'gi'),
  },
  {
    about: 'returned',
    lead: new RegExp(
      String.raw`\b(?:returns?|returned|returning|gives?|gave|yields?|yielded|outputs?|produces?|produced|evaluates to)\s+${filler}`,
      'gi',
    ),
  },
  {
    about: 'variable',
    lead: /\b([A-Za-z_]\w*)\s+(?:is|was|equals|becomes|became|stays|remains|holds)\s+(?:now |still |equal to |set to |already )*/g,
  },
  { about: 'variable', lead: /\b([A-Za-z_]\w*)\s?=\s?(?!=)/g },
];

/** Words before a phrase that make it a wish, a condition or a change to the program, not a claim of what happened. */
const noClaim =
  /\b(?:if|when|unless|whether|to|should|must|would|could|set|setting|change|changing|replace|use|using|with|initialize|initialise|assign|where|not|never|n't|without)\s+(?:the\s+|a\s+)?$/i;
const contrast = /^[\s,]*(?:instead of|rather than|but not|and not|not)\s+(?:the\s+)?/i;

const sentencesOf = (text: string): string[] => text.replace(/[`*]/g, '').split(/(?<=[.!?;])\s+|\n+/);

interface Found extends Claim {
  from: number;
  to: number;
}

const claimAt = (sentence: string, { about }: Pattern, match: RegExpExecArray): Found | undefined => {
  const to = match.index + match[0].length;
  const literal = readLiteral(sentence.slice(to));
  if (!literal) return undefined;
  if (about !== 'expected' && noClaim.test(sentence.slice(0, match.index))) return undefined;
  const end = to + literal.length;
  const name = about === 'variable' ? match[1] : undefined;
  const text = sentence.slice(match.index, end);
  return { about, ...(name !== undefined && { name }), value: literal.canonical, text, from: match.index, to: end };
};

/** `returns 3 instead of 5`: the second value is what was expected; `should return 5 instead of 3`: what was returned. */
const contrasted = (sentence: string, claim: Found): Found[] => {
  const lead = claim.about === 'variable' ? null : contrast.exec(sentence.slice(claim.to));
  const literal = lead && readLiteral(sentence.slice(claim.to + lead[0].length));
  if (!lead || !literal) return [claim];
  const to = claim.to + lead[0].length + literal.length;
  const about = claim.about === 'expected' ? 'returned' : 'expected';
  return [claim, { about, value: literal.canonical, text: sentence.slice(claim.from, to), from: claim.to, to }];
};

const claimsOfSentence = (sentence: string): Claim[] => {
  const found: Found[] = [];
  for (const pattern of patterns) {
    for (const match of sentence.matchAll(pattern.lead)) {
      const claim = claimAt(sentence, pattern, match);
      if (!claim || found.some(({ from, to }) => claim.from < to && from < claim.to)) continue;
      found.push(...contrasted(sentence, claim));
    }
  }
  return found.sort((a, b) => a.from - b.from).map(({ from: _from, to: _to, ...claim }) => claim);
};

/** The claims of values in a rationale, in order. Prose that names no literal value claims nothing here. */
export const findClaims = (rationale: string): Claim[] => sentencesOf(rationale).flatMap(claimsOfSentence);
