import type { Task } from '../../contract/task.js';

/** A repair task of QuixBugs (Lin et al., 2017), a set for evaluation: its split is test. */
export const quixBugsTask = (
  name: string,
  read: {
    intent: string;
    buggy: string;
    reference: string;
    setup: string;
    tests: readonly string[];
    hiddenTests: readonly string[];
  },
): Task => ({
  id: `quixbugs/${name}`,
  intent: read.intent || `Implements ${name.replaceAll('_', ' ')}.`,
  buggy: read.buggy,
  entryPoint: name,
  ...(read.setup && { setup: read.setup }),
  tests: [...read.tests],
  ...(read.hiddenTests.length > 0 && { hiddenTests: [...read.hiddenTests] }),
  reference: read.reference,
  problemId: `quixbugs/${name}`,
  source: { dataset: 'quixbugs', license: 'MIT' },
  split: 'test',
});
