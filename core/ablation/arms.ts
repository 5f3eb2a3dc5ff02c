import { type CampaignConfig, campaignConfigSchema } from '../../contract/config.js';

/** One setting of an ablation: what it changes of the configuration that all arms share. */
export interface Arm {
  name: string;
  change: (config: CampaignConfig) => CampaignConfig;
  /** A control is cut to the training set's size of the first arm: it may not win or lose by its number of samples. */
  sizedAsFirst?: boolean;
}

const format = (traceFormat: CampaignConfig['sampling']['traceFormat']) => (config: CampaignConfig) => ({
  ...config,
  sampling: { ...config.sampling, traceFormat },
});
const rationale = (on: boolean) => (config: CampaignConfig) => ({
  ...config,
  sampling: { ...config.sampling, rationale: on },
});
const from = (start: CampaignConfig['trainer']['from']) => (config: CampaignConfig) => ({
  ...config,
  trainer: { ...config.trainer, from: start },
});
const filter = (m: number | false) => (config: CampaignConfig) => ({
  ...config,
  hardProblems: m === false ? (false as const) : { m },
});
const select = (rules: Partial<CampaignConfig['selection']>) => (config: CampaignConfig) => ({
  ...config,
  selection: { ...config.selection, ...rules },
});
const same = (config: CampaignConfig): CampaignConfig => config;

const control: Arm = { name: 'failing', change: select({ keep: 'failing' }), sizedAsFirst: true };

/** What `ablate --over` takes, with the arms of each. The first arm is the one that others are compared with. */
export const ablations = {
  format: (['inline', 'scratchpad', 'compact', 'none'] as const).map((name) => ({ name, change: format(name) })),
  rationale: [
    { name: 'with-rationale', change: rationale(true) },
    { name: 'without-rationale', change: rationale(false) },
  ],
  from: [
    { name: 'from-base', change: from('base') },
    { name: 'from-last', change: from('last') },
  ],
  m: [false, 0.25, 0.5, 0.75].map((m) => ({
    name: m === false ? 'no-filter' : `m-${m}`,
    change: filter(m as number | false),
  })),
  selection: [
    { name: 'passing', change: select({ keep: 'passing' }) },
    { name: 'not-contradicted', change: select({ keep: 'passing', faithfulness: 'notContradicted' }) },
    { name: 'supported', change: select({ keep: 'passing', faithfulness: 'supported' }) },
    control,
  ],
  /** What a claim that the loop learns from execution has to be held against. */
  claim: [
    { name: 'with-trace', change: same },
    { name: 'without-trace', change: format('none') },
    { name: 'without-rationale', change: rationale(false) },
    control,
  ],
} satisfies Record<string, Arm[]>;

export type AblationKey = keyof typeof ablations;
export const ablationKeys = Object.keys(ablations) as AblationKey[];

/** Longest name of a campaign that the configuration's schema takes. */
const maxNameLength = 63;

/**
 * The configuration of one arm. Seed, data, store and everything else stay, so answers that are the same in two arms are
 * asked for once. `firstSize` is the number of samples that the first arm's first round was trained on.
 */
export const armConfig = (
  config: CampaignConfig,
  { arm, baseName, firstSize }: { arm: Arm; baseName: string; firstSize: number | undefined },
): CampaignConfig => {
  const changed = arm.change(config);
  const name = `${baseName.slice(0, maxNameLength - arm.name.length - 1)}-${arm.name.replace(/[^a-z0-9-]/g, '')}`;
  const limit = arm.sizedAsFirst ? firstSize : undefined;
  return {
    ...changed,
    name,
    selection: { ...changed.selection, ...(limit !== undefined && limit > 0 && { limit }) },
  };
};

/** Why an arm can't run with this configuration, though the configuration itself is sound; undefined where it can. */
export const armRefusal = (config: CampaignConfig, arm: Arm): string | undefined => {
  const changed = arm.change(config);
  if (changed.trainer.from === 'last' && changed.rounds === 1)
    return 'trainer.from: last differs from the second round on: set rounds to 2 or more';
  const checked = campaignConfigSchema.safeParse(changed);
  return checked.success
    ? undefined
    : checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
};
