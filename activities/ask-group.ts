import { randomUUID } from 'node:crypto';
import type { Completion, GroupRecord, GroupRequest, PartialRecord } from '../contract/completion.js';
import { type FailureKind, NextuneFailure } from '../contract/failures.js';
import { digestOfValue, seedFor } from '../core/hash/digest.js';
import type { Deps } from './deps.js';
import { oneAtATime } from './one-at-a-time.js';
import type { ModelAnswer, ModelClient, RefusedChoice, TokenCounts } from './ports.js';
import { type AskedModel, refuseOtherModel } from './served-model.js';

/** Who is asked, for which campaign. */
export interface Asking {
  deps: Pick<Deps, 'ledger' | 'requests' | 'spend'>;
  client: ModelClient;
  model: AskedModel;
  campaign: string;
  /** When this asking began, in ms. */
  since: number;
  signal: AbortSignal;
}

/**
 * A group's answers: from the ledger, or asked for and on disk there before this returns. A choice that the endpoint would
 * not give is asked for alone, with a seed of its own; those that came with it are kept and not asked for again.
 */
export const answersOf = (asking: Asking, group: GroupRequest): Promise<{ record: GroupRecord; asked: boolean }> => {
  const { ledger } = asking.deps;
  return oneAtATime(ledger, ledger.keyOf(group), asking.signal, () => readOrAsked(asking, group));
};

const readOrAsked = async (asking: Asking, group: GroupRequest): Promise<{ record: GroupRecord; asked: boolean }> => {
  const { ledger } = asking.deps;
  const recorded = await ledger.read(group);
  if (recorded) return { record: await settled(asking, recorded), asked: false };
  if (group.count === 1) return { record: await askAlone(asking, group), asked: true };
  const partial = await ledger.readPartial(group);
  const record = partial ? await completeSingly(asking, group, partial) : await askTogether(asking, group);
  return { record, asked: true };
};

/** A worker that died between an answer's record and its bill left the request noted as out. */
const settled = async ({ deps, campaign }: Asking, record: GroupRecord): Promise<GroupRecord> => {
  if (!(await deps.requests.isOut(campaign, record.key))) return record;
  await deps.spend.paid(campaign, record.key, tokensOf(record));
  await deps.requests.settled(campaign, record.key);
  return record;
};

const tokensOf = ({ promptTokens, completions }: Pick<PartialRecord, 'promptTokens' | 'completions'>): TokenCounts => ({
  promptTokens,
  completionTokens: completions.reduce((sum, completion) => sum + (completion?.completionTokens ?? 0), 0),
});

const askTogether = async (asking: Asking, group: GroupRequest): Promise<GroupRecord> => {
  const { ledger } = asking.deps;
  const seed = seedFor(group.campaignSeed, group.taskId, group.firstIndex);
  const recorded = await send(asking, group, seed, ({ choices, promptTokens }) => {
    const completions = choices.map((choice) => (isRefused(choice) ? null : choice));
    return isWhole(completions)
      ? ledger.record(group, { completions, promptTokens })
      : ledger.recordPartial(group, { completions, promptTokens });
  });
  return isWholeRecord(recorded) ? recorded : await completeSingly(asking, group, recorded);
};

const completeSingly = async (asking: Asking, group: GroupRequest, partial: PartialRecord): Promise<GroupRecord> => {
  const singles = partial.completions.map(async (completion, at) => {
    if (completion) return { completion, promptTokens: 0 };
    const alone = await answersOf(asking, { ...group, firstIndex: group.firstIndex + at, count: 1 });
    return { completion: alone.record.completions[0] as Completion, promptTokens: alone.record.promptTokens };
  });
  // Siblings settle first: each is paid for, and recorded by itself.
  await Promise.allSettled(singles);
  const answers = await Promise.all(singles);
  return await asking.deps.ledger.record(group, {
    completions: answers.map(({ completion }) => completion),
    promptTokens: answers.reduce((sum, { promptTokens }) => sum + promptTokens, partial.promptTokens),
  });
};

/** Other seeds than the first may pass a filter; the same ones in the same order at every attempt. */
const seedsAlone = 3;

const askAlone = async (asking: Asking, group: GroupRequest): Promise<GroupRecord> => {
  let refused = '';
  for (let draw = 0; draw < seedsAlone; draw++) {
    const seed = seedFor(group.campaignSeed, group.taskId, group.firstIndex, ...(draw > 0 ? [draw] : []));
    const recorded = await send(asking, group, seed, async ({ choices: [choice], promptTokens }) => {
      if (choice && !isRefused(choice))
        return await asking.deps.ledger.record(group, { completions: [choice], promptTokens });
      refused = choice?.refused ?? 'no choice';
      return undefined;
    });
    if (recorded) return recorded;
  }
  throw new NextuneFailure(
    'modelFiltered',
    `${asking.model.model} refused sample ${group.firstIndex} of task ${group.taskId} with ${seedsAlone} seeds (${refused}): ` +
      'if it goes on refusing, take the task out of the data set or choose another model',
  );
};

const isRefused = (choice: Completion | RefusedChoice): choice is RefusedChoice => 'refused' in choice;
const isWholeRecord = (record: GroupRecord | PartialRecord): record is GroupRecord => isWhole(record.completions);
const isWhole = (completions: (Completion | null)[]): completions is Completion[] => !completions.includes(null);

/** After these the endpoint has said that it gave no answer; after any other failure it may have given, and billed, one. */
const unpaid: ReadonlySet<FailureKind> = new Set([
  'modelRateLimited',
  'modelRefused',
  'modelUnavailable',
  'modelUnknown',
]);

/** Sends one request between its two notes in the request log; `record` puts the answer on disk before the second. */
const send = async <Result>(
  { deps: { ledger, requests, spend }, client, model, campaign, since, signal }: Asking,
  group: GroupRequest,
  seed: number,
  record: (answer: ModelAnswer) => Promise<Result>,
): Promise<Result> => {
  const key = ledger.keyOf(group);
  const idempotencyKey = `${key.slice('sha256:'.length)}-${seed}`;
  const work = { signal, campaign, since, key };
  try {
    const answer = await client.complete({ model: model.model, group, seed, idempotencyKey }, work);
    refuseOtherModel(model, answer);
    const recorded = await record(answer);
    const completions = answer.choices.map((choice) => (isRefused(choice) ? null : choice));
    // What is not recorded is asked, and paid, anew each time: its bill has a name of its own.
    const bill = recorded === undefined ? digestOfValue({ key, refused: randomUUID() }) : key;
    await spend.paid(campaign, bill, tokensOf({ promptTokens: answer.promptTokens, completions }));
    await requests.settled(campaign, key);
    return recorded;
  } catch (error) {
    if (error instanceof NextuneFailure && unpaid.has(error.kind)) await requests.settled(campaign, key);
    throw error;
  }
};
