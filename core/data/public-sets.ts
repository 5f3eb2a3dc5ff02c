/** A public data set's file: where it lies, and the digest that its bytes must have. */
export interface PublicSet {
  url: string;
  sha256: string;
  fileName: string;
}

/**
 * Sets that are pulled by their format's name. A set is here only with a digest that was taken from its file; of the others
 * the file itself is given.
 */
export const publicSets: Readonly<Record<string, PublicSet>> = {
  mbpp: {
    url: 'https://raw.githubusercontent.com/google-research/google-research/master/mbpp/mbpp.jsonl',
    sha256: 'ccf64ceae9c5403bf50a044cb6d505bfd2a2963ee58338ba268fd65beab92a9f',
    fileName: 'mbpp.jsonl',
  },
  mbppplus: {
    url: 'https://github.com/evalplus/mbppplus_release/releases/download/v0.2.0/MbppPlus.jsonl.gz',
    sha256: 'af43697e8791c4c149bdfd6b489d8b5412507551ac20e28a439f650b8225db63',
    fileName: 'MbppPlus.jsonl.gz',
  },
  humaneval: {
    url: 'https://raw.githubusercontent.com/openai/human-eval/6d43fb980f9fee3c892a914eda09951f772ad10d/data/HumanEval.jsonl.gz',
    sha256: 'b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef',
    fileName: 'HumanEval.jsonl.gz',
  },
};
