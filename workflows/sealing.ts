import type { SealedManifest } from '../contract/campaign.js';
import type { Digest } from '../contract/digest.js';
import type { ManifestContent } from '../contract/manifest.js';
import type { FineTuneResult, ShardResult } from '../contract/steps.js';
import { promptVersion } from '../core/prompt/template.js';
import { control, titled } from './options.js';

const sumOf = (shards: readonly ShardResult[], value: (shard: ShardResult) => number): number =>
  shards.reduce((sum, shard) => sum + value(shard), 0);

/** Counts of everything drawn and judged under one manifest. */
const countsOf = (shards: readonly ShardResult[]): Record<string, number> => ({
  samples: sumOf(shards, ({ samples }) => samples.rows),
  parsed: sumOf(shards, ({ parsed }) => parsed),
  completionTokens: sumOf(shards, ({ completionTokens }) => completionTokens),
  pass: sumOf(shards, ({ counts }) => counts.pass),
  fail: sumOf(shards, ({ counts }) => counts.fail),
  none: sumOf(shards, ({ counts }) => counts.none),
  ...flakyOf(shards),
});

/** Of failed verdicts, those that flipped; nothing where some shard was judged before that was counted. */
const flakyOf = (shards: readonly ShardResult[]): { flaky?: number } =>
  shards.some(({ counts }) => counts.flaky === undefined)
    ? {}
    : { flaky: sumOf(shards, ({ counts }) => counts.flaky ?? 0) };

export type Sealable = Omit<ManifestContent, 'version' | 'environment' | 'promptVersion' | 'counts' | 'previous'>;

/** Circumstances of a round beyond its shards. */
interface SealContext {
  fineTune?: FineTuneResult | undefined;
  attempt?: number | undefined;
  /** Manifest of the attempt whose place this one takes. */
  supersedes?: Digest | undefined;
  /** What the campaign goes on with and this manifest does not name: kept from nextune gc. */
  later?: unknown;
}

/** Seals what happened, chained to the manifest before. Circumstances are told apart from content here. */
export const sealManifest = (
  content: Sealable,
  shards: readonly ShardResult[],
  previous: SealedManifest | undefined,
  { fineTune, attempt, supersedes, later }: SealContext = {},
): Promise<SealedManifest> =>
  titled(`seal ${content.kind} ${content.round}`, control.seal, {
    content: { ...content, promptVersion, counts: countsOf(shards), previous: previous?.content ?? null },
    circumstances: {
      previousManifest: previous?.manifest ?? null,
      durations: shards.map(({ durations }) => durations),
      askedGroups: sumOf(shards, ({ askedGroups }) => askedGroups),
      recordedGroups: sumOf(shards, ({ recordedGroups }) => recordedGroups),
      ...(fineTune && { trainSeconds: fineTune.seconds }),
      ...(attempt !== undefined && { attempt }),
      ...(supersedes !== undefined && { supersedes }),
    },
    ...(later !== undefined && { later }),
  });
