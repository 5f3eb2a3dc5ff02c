import { campaignConfigSchema } from '../../../contract/config.js';
import { type Arm, ablationKeys, ablations, armConfig, armRefusal } from '../../../core/ablation/arms.js';

const config = campaignConfigSchema.parse({ data: { tasks: 't.jsonl' }, model: { kind: 'embedded' } });
const configOf = (arm: Arm, firstSize?: number) => armConfig(config, { arm, baseName: 'abl', firstSize });

describe('the arms of an ablation', () => {
  it.each(ablationKeys)('over %s are valid configurations with names of their own', (key) => {
    const arms: Arm[] = ablations[key];
    const configs = arms.map((arm) => configOf(arm, 7));
    expect(configs.map((one) => campaignConfigSchema.safeParse(one).success)).toEqual(arms.map(() => true));
    expect(new Set(configs.map(({ name }) => name)).size).toBe(arms.length);
  });

  it.each(ablationKeys)('over %s differ from one another in what they change, not in name alone', (key) => {
    const contents = (ablations[key] as Arm[]).map((arm) => JSON.stringify({ ...configOf(arm, 7), name: '' }));
    expect(new Set(contents).size).toBe(contents.length);
  });

  it('keep seed, data, model and store, on which shared answers depend', () => {
    for (const arm of ablations.claim) {
      const { seed, data, model, store } = configOf(arm);
      expect({ seed, data, model, store }).toEqual({
        seed: config.seed,
        data: config.data,
        model: config.model,
        store: config.store,
      });
    }
  });

  it('are refused with the reason where the configuration does not allow their setting', () => {
    const few = { ...config, sampling: { ...config.sampling, n: 4 } };
    const refusals = (ablations.m as Arm[]).map((arm) => armRefusal(few, arm));
    expect(refusals.map((why) => why !== undefined)).toEqual([false, true, false, false]);
    const last = ablations.from[1] as Arm;
    expect(armRefusal({ ...config, rounds: 1 }, last)).toMatch(/^trainer\.from: last differs from the second round on/);
    expect(armRefusal({ ...config, rounds: 2 }, last)).toBeUndefined();
    expect(refusals[1]).toMatch(/^hardProblems\.m: m = 0\.25 with n = 4 samples keeps only/);
  });

  it('give the failing control the size of the first arm', () => {
    const control = (ablations.claim as Arm[]).at(-1) as Arm;
    expect(configOf(control, 57).selection).toMatchObject({ keep: 'failing', limit: 57 });
  });

  it('cut a long name so that the schema takes it', () => {
    const arm = ablations.claim[0] as Arm;
    const { name } = armConfig(config, { arm, baseName: 'a'.repeat(63), firstSize: undefined });
    expect(name).toHaveLength(63);
  });
});
