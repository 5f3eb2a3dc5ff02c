import { readTasks } from '../../../adapters/data/rows.js';
import { resourcePath } from '../../../adapters/paths.js';
import { type QuickstartSize, quickstartConfig, quickstartSizes } from '../../../client/cli/quickstart-sizes.js';
import { campaignConfigSchema } from '../../../contract/config.js';
import type { SplitName } from '../../../contract/task.js';
import { drawTasks } from '../../../core/plan/draw.js';

describe('a quickstart', () => {
  it.each(Object.keys(quickstartSizes) as QuickstartSize[])(
    '%s is a valid campaign of the size it names',
    async (size) => {
      const config = campaignConfigSchema.parse(quickstartConfig(size, '1', 'tasks.jsonl'));
      const tasks = await readTasks(resourcePath('starter', 'tasks.jsonl'));
      const { perProblem, ...sizes } = config.data.use;
      for (const [split, wanted = 0] of Object.entries(sizes)) {
        expect(wanted).toBeGreaterThan(0);
        expect(drawTasks(tasks, split as SplitName, { size: wanted, perProblem }, '1')).toHaveLength(wanted);
      }
    },
  );
});
