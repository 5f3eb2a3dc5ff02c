import { estimateLine, estimateQuickstart } from '../../../client/cli/quickstart-estimate.js';
import { quickstartConfig } from '../../../client/cli/quickstart-sizes.js';
import { campaignConfigSchema } from '../../../contract/config.js';

const config = (size: 'tiny' | 'quick' | 'full') =>
  campaignConfigSchema.parse(quickstartConfig(size, '1', 'tasks.jsonl'));

describe('how long a quickstart takes', () => {
  it('halves where the model answers twice as fast', () => {
    const slow = estimateQuickstart(config('quick'), 100);
    const fast = estimateQuickstart(config('quick'), 200);
    expect(slow.wholeMs / fast.wholeMs).toBeCloseTo(2, 10);
    expect(slow.firstScoreMs / fast.firstScoreMs).toBeCloseTo(2, 10);
  });

  it('counts a second round and the final scores beyond the first score', () => {
    const { firstScoreMs, wholeMs } = estimateQuickstart(config('quick'), 200);
    const { firstScoreMs: tinyFirst, wholeMs: tinyWhole } = estimateQuickstart(config('tiny'), 200);
    expect(wholeMs).toBeGreaterThan(firstScoreMs * 1.3);
    expect(tinyWhole).toBe(tinyFirst);
    expect(estimateQuickstart(config('full'), 200).wholeMs).toBeGreaterThan(wholeMs);
  });

  it('is said in minutes, with the speed it rests on', () => {
    expect(estimateLine({ firstScoreMs: 11.4 * 60_000, wholeMs: 20_000 }, 211.6)).toBe(
      "Here: the first tuned model's score in about 11 min, all of it in about 1 min " +
        '(the model writes 212 tokens a second on this machine, measured just now).',
    );
  });
});
