/** What each size of quickstart runs. Sizes follow the clock of two idle cores, not the other way round. */
export type QuickstartSize = 'tiny' | 'quick' | 'full';

const steps = [
  'Nextune quickstart: a whole NExT campaign on this machine, nothing simulated.',
  '  trace buggy programs -> sample fixes from SmolLM2-135M -> judge them in the sandbox -> fine-tune the base model on',
  '  what passed -> score it on held-out problems; two rounds, each sealed in a manifest.',
];

/**
 * Three shots, as the base model needs them, and a temperature below NExT's reported 0.8: at 0.8 half of this small
 * model's answers hold no program (docs/log.md).
 */
const sampling = { n: 8, groupSize: 8, shots: 3, temperature: 0.6, maxTokens: 180 };

export const quickstartSizes = {
  tiny: {
    says: [...steps, 'Size: 20 tasks x 8 samples, one round, dev 10 problems x 4.'],
    config: {
      rounds: 1,
      data: { use: { train: 20, dev: 10, test: 10, perProblem: 1 } },
      sampling,
      evaluation: { samples: 4, withoutTrace: false, test: false },
      trainer: { minSamples: 2 },
    },
  },
  quick: {
    says: [...steps, 'Size: 90 tasks x 8 samples, two rounds, dev 40 problems x 4, test 20 x 4.'],
    config: {
      rounds: 2,
      data: { use: { train: 90, dev: 40, test: 20, perProblem: 1 } },
      sampling,
      evaluation: { samples: 4 },
    },
  },
  full: {
    says: [...steps, 'Size: 150 tasks x 8 samples, two rounds, dev 60 bugs of 43 problems x 8, test 60 x 8.'],
    config: {
      rounds: 2,
      data: { use: { train: 150, dev: 60, test: 60, perProblem: 2 } },
      sampling,
      evaluation: { samples: 8 },
    },
  },
} as const;

/** The whole configuration of a quickstart, as it is written to its YAML file. */
export const quickstartConfig = (size: QuickstartSize, seed: string, tasks: string) => {
  const { data, ...sizes } = quickstartSizes[size].config;
  return { name: `quickstart-${size}`, seed, data: { tasks, ...data }, model: { kind: 'embedded' }, ...sizes };
};
