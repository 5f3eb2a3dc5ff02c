import { nextuneComponents } from './components.js';
import { supervise } from './supervise.js';

const stateDir = process.argv[2];
if (stateDir === undefined) throw new Error('usage: main.js STATE_DIR');
process.exitCode = await supervise(stateDir, nextuneComponents);
