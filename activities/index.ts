import { decide } from './decide.js';
import { deploy } from './deploy.js';
import type { Deps } from './deps.js';
import { filterHard } from './filter-hard.js';
import { fineTune, type TrainBeat } from './fine-tune.js';
import { underHeartbeat } from './heartbeat.js';
import { join } from './join.js';
import { keep, recall } from './keep.js';
import type { Work } from './ports.js';
import { prepare } from './prepare.js';
import { recordEvent } from './record-event.js';
import { reserve } from './reserve.js';
import { sample } from './sample.js';
import { score } from './score.js';
import { seal } from './seal.js';
import { select } from './select.js';
import { trace } from './trace.js';
import { verify } from './verify.js';

type Progress = { done: number; total: number };

/** Binds an activity to its dependencies, under heartbeats and the one classifier of failures. */
const bind =
  <Args, Result, P extends object = Progress>(
    deps: Deps,
    run: (deps: Deps, args: Args, work: Required<Work<P>>) => Promise<Result>,
  ) =>
  (args: Args): Promise<Result> =>
    underHeartbeat<Result, P>((work) => run(deps, args, work));

/** Every activity of the product over one set of dependencies: what worker.ts registers and workflows proxy. */
export const createActivities = (deps: Deps) => ({
  prepare: bind(deps, prepare),
  trace: bind(deps, trace),
  join: bind(deps, join),
  sample: bind(deps, sample),
  verify: bind(deps, verify),
  score: bind(deps, score),
  filterHard: bind(deps, filterHard),
  select: bind(deps, select),
  fineTune: bind<Parameters<typeof fineTune>[1], Awaited<ReturnType<typeof fineTune>>, TrainBeat>(deps, fineTune),
  deploy: bind(deps, deploy),
  seal: bind(deps, seal),
  recordEvent: bind(deps, recordEvent),
  keep: bind(deps, keep),
  recall: bind(deps, recall),
  decide: bind(deps, decide),
  reserve: bind(deps, reserve),
});

export type Activities = ReturnType<typeof createActivities>;
