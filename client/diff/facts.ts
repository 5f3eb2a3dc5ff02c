import type { Manifest } from '../../contract/manifest.js';
import { leavesOf, packagesOfLock, packagesOfRequirements } from '../../core/audit/diff.js';
import type { CampaignReader, SealedRound } from '../campaign-reader.js';

type Content = Manifest['content'];

/** Everything that a campaign's seals said of one thing, in order and each once: code may change between two rounds. */
const distinct = (values: (string | undefined)[]): string =>
  [...new Set(values.filter((value) => value !== undefined))].join(', then ');

const ofEach = (sealed: readonly SealedRound[], value: (content: Content) => string | undefined): string =>
  distinct(sealed.map(({ manifest }) => value(manifest.content)));

const textOf = async (reader: CampaignReader, digest: string | undefined): Promise<string | undefined> =>
  digest === undefined ? undefined : (await reader.store.get(digest)).toString('utf8');

/** Settings by path, as the first seal holds them. */
export const settingsOf = async (
  reader: CampaignReader,
  sealed: readonly SealedRound[],
): Promise<Map<string, string>> => {
  const text = await textOf(reader, sealed[0]?.manifest.content.configuration);
  return leavesOf(JSON.parse(text ?? '{}'));
};

/** What ran: versions of code and prompts, each package, the sandbox's policy, the machine. */
export const codeOf = async (reader: CampaignReader, sealed: readonly SealedRound[]): Promise<Map<string, string>> => {
  const environment = sealed.at(-1)?.manifest.content.environment;
  const lock = await textOf(reader, environment?.packageLock);
  const requirements = await textOf(reader, environment?.pythonLocks);
  const policy = await textOf(reader, environment?.sandboxPolicy);
  const machines = sealed.map(({ manifest: { circumstances } }) => {
    const { machine } = circumstances;
    return machine && `${machine.platform} ${machine.arch}, Node ${machine.node}`;
  });
  const named = new Map([
    ['code', ofEach(sealed, ({ codeVersion }) => codeVersion)],
    ['prompts', ofEach(sealed, ({ promptVersion }) => promptVersion)],
    ['base model', ofEach(sealed, ({ base }) => `${base.model} (${base.digest})`)],
    ['machine', distinct(machines)],
  ]);
  return new Map([
    ...[...named].filter(([, value]) => value !== ''),
    ...(lock === undefined ? [] : packagesOfLock(lock)),
    ...(requirements === undefined ? [] : packagesOfRequirements(requirements)),
    ...(policy === undefined ? [] : leavesOf(JSON.parse(policy), 'sandbox')),
  ]);
};
