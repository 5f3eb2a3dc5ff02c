// `npm run chaos -- --kills N --seed S [--from K] [--victims worker,temporal] [--engine embedded]`: real server, workers, sandbox and trainer, killed
// by a schedule that follows from the seed; with `--engine embedded` the real model engine too, in the place of an endpoint with fixed answers. The
// schedule is printed first and each kill as it is done; `--from K` goes on behind kill K-1.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runVisibly } from './run-visibly.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    victims: { type: 'string' },
    engine: { type: 'string', default: 'fake' },
  },
});
process.env.NEXTUNE_CHAOS_KILLS = values.kills;
process.env.NEXTUNE_CHAOS_SEED = values.seed;
process.env.NEXTUNE_CHAOS_FROM = values.from;
process.env.NEXTUNE_CHAOS_ENGINE = values.engine;
if (values.victims) process.env.NEXTUNE_CHAOS_VICTIMS = values.victims;
if (!['fake', 'embedded'].includes(values.engine)) throw new Error(`--engine ${values.engine}: fake or embedded`);
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'test/crash/chaos'];
const root = fileURLToPath(new URL('..', import.meta.url));
const { status } = await runVisibly(process.execPath, [...jest, '--selectProjects', 'crash'], { cwd: root });
process.exitCode = status;
