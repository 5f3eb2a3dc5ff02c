import { setImmediate as letOthersOn } from 'node:timers/promises';
import { type ChatMessage, type GroupRecord, type GroupRequest, samplingParamsSchema } from '../contract/completion.js';
import type { Digest } from '../contract/digest.js';
import { NextuneFailure } from '../contract/failures.js';
import type { SampleRow } from '../contract/rows.js';
import type { SampleArgs, SampleResult, TracedTasks } from '../contract/steps.js';
import { taskSchema } from '../contract/task.js';
import { taskTraceSchema } from '../contract/trace.js';
import { cutIntoShards } from '../core/plan/shards.js';
import { parseCompletion } from '../core/prompt/parse.js';
import { repairMessages, type ShotTask } from '../core/prompt/repair.js';
import { answersOf } from './ask-group.js';
import type { Deps } from './deps.js';
import { forEachInFlight } from './in-flight.js';
import type { Work } from './ports.js';
import { promptRendererFor } from './prompt-renderer.js';
import { getRows, putRows } from './rows.js';

/** Samples had so far; `recorded` of them were in the ledger, so they say nothing about the speed. */
export interface SampleProgress {
  done: number;
  total: number;
  recorded: number;
}

/**
 * Draws the samples of a slice of tasks. Each group of answers is on disk in the ledger before this reports, and a
 * recorded group is never asked for again: a retry asks only for what is missing.
 */
export const sample = async (
  deps: Deps,
  args: SampleArgs,
  work: Required<Work<SampleProgress>>,
): Promise<SampleResult> => {
  const since = Date.now();
  const began = performance.now();
  const { client } = deps.model(args.modelConfig);
  const asking = { deps, client, model: args.model, campaign: args.campaign, since, signal: work.signal };
  const records: GroupRecord[] = [];
  const total = (args.range.to - args.range.from) * args.n;
  let asked = 0;
  let done = 0;
  let recorded = 0;
  const drawn = forEachInFlight(groupRequests(deps, args), client.concurrency, work.signal, async (group, at) => {
    const answers = await answersOf(asking, group);
    records[at] = answers.record;
    asked += answers.asked ? 1 : 0;
    done += answers.record.completions.length;
    recorded += answers.asked ? 0 : answers.record.completions.length;
    work.onProgress({ done, total, recorded });
  });
  await sharingSpend(deps, args.campaign, drawn).catch((error: unknown) => placedAgain(deps, args, error));
  const rows = records.flatMap(sampleRows);
  return {
    samples: await putRows(deps.store, rows),
    parsed: rows.filter((row) => row.parsed).length,
    completionTokens: rows.reduce((sum, row) => sum + row.completionTokens, 0),
    promptTokens: records.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    askedGroups: asked,
    recordedGroups: records.length - asked,
    sampleMs: Math.round(performance.now() - began),
  };
};

/**
 * A shard counts with its worst case in a reservation until it has reported: from then on what it was paid must count,
 * on whichever machine the next is made. Of work that failed it may be told later, for its shard is still under way.
 */
const sharingSpend = async ({ spend }: Deps, campaign: string, work: Promise<void>): Promise<void> => {
  await work.catch(async (error: unknown) => {
    await spend.share(campaign).catch(() => undefined);
    throw error;
  });
  await spend.share(campaign);
};

/** A model server that was started anew has lost the adapters that it was given: the tuned model is placed there again. */
const placedAgain = async (deps: Deps, { model, modelConfig }: SampleArgs, error: unknown): Promise<never> => {
  const isLost = error instanceof NextuneFailure && error.kind === 'modelUnknown' && model.adapter !== undefined;
  if (!isLost) throw error;
  await deps.model(modelConfig).host.deploy({ tree: model.adapter as Digest });
  const said = `${error.message}; it was placed there again, as after a restart of the model server`;
  throw new NextuneFailure('modelUnavailable', said, { cause: error });
};

const sampleRows = (record: GroupRecord): SampleRow[] =>
  record.completions.map(({ text, finishReason, completionTokens }, at) => ({
    taskId: record.taskId,
    index: record.firstIndex + at,
    completion: text,
    finishReason,
    completionTokens,
    parsed: parseCompletion(text).ok,
  }));

const zip = async (deps: Deps, { tasks, traces }: TracedTasks, from: number, to: number): Promise<ShotTask[]> => {
  const rows = (await getRows(deps.store, traces, taskTraceSchema)).slice(from, to);
  return (await getRows(deps.store, tasks, taskSchema)).slice(from, to).flatMap((task, at) => {
    const trace = rows[at];
    return trace ? [{ task, trace }] : [];
  });
};

/**
 * Group boundaries are fixed by first index, n and groupSize alone, so every attempt asks for the same groups. The first are asked for
 * while the prompts of the others are still to be rendered.
 */
const groupRequests = async function* (deps: Deps, args: SampleArgs): AsyncGenerator<GroupRequest> {
  const problems = await zip(deps, args.problems, args.range.from, args.range.to);
  const shots = args.model.tuned ? [] : await zip(deps, args.shots, 0, args.sampling.shots);
  const render = await promptRendererFor(deps, args, [...problems, ...shots]);
  for (const problem of problems) {
    const messages = repairMessages(problem, shots, args.format, render, args.sampling.rationale);
    yield* requestsOf(args, problem.task.id, messages);
    // A shard's prompts rendered in one go would hold up the answers of every other shard.
    await letOthersOn();
  }
};

const requestsOf = (args: SampleArgs, taskId: string, messages: ChatMessage[]): GroupRequest[] =>
  cutIntoShards(args.n, args.sampling.groupSize).map(({ from, to }) => ({
    modelDigest: args.model.digest,
    messages,
    sampling: samplingParamsSchema.parse(args.sampling),
    campaignSeed: args.seed,
    taskId,
    firstIndex: (args.firstIndex ?? 0) + from,
    count: to - from,
  }));
