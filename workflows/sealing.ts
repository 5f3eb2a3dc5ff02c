import type { SealedManifest } from '../contract/campaign.js';
import type { ManifestContent } from '../contract/manifest.js';
import type { FineTuneResult, ShardResult } from '../contract/steps.js';
import { promptVersion } from '../core/prompt/template.js';
import { control } from './options.js';

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
});

export type Sealable = Omit<ManifestContent, 'version' | 'environment' | 'promptVersion' | 'counts' | 'previous'>;

/** Seals what happened, chained to the manifest before. Circumstances are told apart from content here. */
export const sealManifest = (
  content: Sealable,
  shards: readonly ShardResult[],
  previous: SealedManifest | undefined,
  fineTune?: FineTuneResult,
): Promise<SealedManifest> =>
  control.seal({
    content: { ...content, promptVersion, counts: countsOf(shards), previous: previous?.content ?? null },
    circumstances: {
      previousManifest: previous?.manifest ?? null,
      durations: shards.map(({ durations }) => durations),
      askedGroups: sumOf(shards, ({ askedGroups }) => askedGroups),
      recordedGroups: sumOf(shards, ({ recordedGroups }) => recordedGroups),
      ...(fineTune && { trainSeconds: fineTune.seconds }),
    },
  });
