import type { CampaignEvent } from '../../contract/event.js';
import { drawsOf } from '../audit/draws.js';
import type { SealedRound } from '../campaign-reader.js';

/** Columns of the tables that are read from objects as they lie in the store. */
export const objectColumns = {
  samples: {
    taskId: 'VARCHAR',
    index: 'INTEGER',
    completion: 'VARCHAR',
    finishReason: 'VARCHAR',
    completionTokens: 'INTEGER',
    parsed: 'BOOLEAN',
  },
  verdicts: {
    taskId: 'VARCHAR',
    index: 'INTEGER',
    verdict: 'VARCHAR',
    reason: 'VARCHAR',
    tests: 'STRUCT("index" INTEGER, hidden BOOLEAN, outcome VARCHAR)[]',
    isolation: 'VARCHAR',
  },
} as const;
export type ObjectTable = keyof typeof objectColumns;

/** Objects of one table, round and set of samples. `set` is `train`, `filter` or an evaluation's name. */
export interface ObjectRows {
  table: ObjectTable;
  round: number;
  set: string;
  digests: string[];
}

/** Which objects hold a campaign's samples and verdicts. */
export const objectRows = (sealed: readonly SealedRound[]): ObjectRows[] =>
  sealed.flatMap(({ manifest: { content } }) =>
    drawsOf(content).flatMap(({ name: set, shards }) =>
      (['samples', 'verdicts'] as const).map((table) => ({
        table,
        round: content.round,
        set,
        digests: shards.map((shard) => shard[table].digest),
      })),
    ),
  );

/** The small tables, from the manifests and the events log. */
export const smallTables = (
  sealed: readonly SealedRound[],
  events: readonly CampaignEvent[],
): Record<'rounds' | 'scores' | 'spend' | 'events', Record<string, unknown>[]> => ({
  rounds: sealed.map(({ entry, manifest: { content, contentDigest, circumstances } }) => ({
    kind: content.kind,
    round: content.round,
    manifest: entry.manifest,
    content: contentDigest,
    sealedAt: circumstances.sealedAt,
    host: circumstances.host,
    codeVersion: content.codeVersion,
    sampledFrom: content.sampledFrom?.model ?? null,
    produced: content.produced?.model ?? null,
    trainingRows: content.training?.rows ?? null,
    ended: content.ended ?? null,
    flaky: null,
    ...content.counts,
  })),
  scores: sealed.flatMap(({ manifest: { content } }) =>
    content.evaluations.flatMap(({ name, model, score }) =>
      score.passAtK.map((entry) => ({
        round: content.round,
        set: name,
        model: model.model,
        k: entry.k,
        mean: 'mean' in entry ? entry.mean : null,
        low: 'mean' in entry ? entry.low : null,
        high: 'mean' in entry ? entry.high : null,
        notEstimated: 'notEstimated' in entry ? entry.notEstimated : null,
      })),
    ),
  ),
  spend: sealed.map(({ manifest: { content, circumstances } }) => ({
    kind: content.kind,
    round: content.round,
    samples: content.counts.samples ?? 0,
    completionTokens: content.counts.completionTokens ?? 0,
    askedGroups: circumstances.askedGroups,
    recordedGroups: circumstances.recordedGroups,
    trainTokens: content.fineTune?.trainTokens ?? null,
    trainSeconds: circumstances.trainSeconds ?? null,
  })),
  events: events.map(({ details, ...event }) => ({
    ...event,
    round: event.round ?? null,
    details: details ? JSON.stringify(details) : null,
  })),
});
