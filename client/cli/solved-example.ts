import { openCampaignReader } from '../campaign-reader.js';
import { findSolvedExample } from '../solved-example.js';
import { print } from './output.js';

const indented = (text: string): void => {
  for (const line of text.trimEnd().split('\n')) print(`    ${line}`);
};

/** Shows one held-out bug that the newest model repaired: bug with trace, rationale, fix. */
export const printSolvedExample = async (stateDir: string, campaign: string): Promise<void> => {
  const example = await findSolvedExample(openCampaignReader(stateDir), campaign);
  print();
  if (!example) {
    print('No held-out bug was repaired by a tuned model this time, so there is no example to show.');
    return;
  }
  print(`One held-out bug that ${example.model} repaired: ${example.task.id}`);
  print(`  ${example.task.intent}`);
  print('  The buggy program with its trace:');
  indented(example.annotated);
  print('  The model says:');
  indented(example.rationale === '' ? '(no rationale)' : example.rationale);
  print('  Its fix, which passes every visible and hidden test:');
  indented(example.fix);
};
