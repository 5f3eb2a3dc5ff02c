import { answersOf } from '../../activities/ask-group.js';
import { forEachInFlight } from '../../activities/in-flight.js';
import { getRows, putRows } from '../../activities/rows.js';
import { verify } from '../../activities/verify.js';
import { samplingParamsSchema } from '../../contract/completion.js';
import type { EvaluationArm } from '../../contract/evaluation.js';
import { type SampleRow, sampleRowSchema } from '../../contract/rows.js';
import {
  conditioned,
  type ProxyCondition,
  proxyMessages,
  type Rationale,
  rationaleOf,
} from '../../core/evaluation/proxy.js';
import { parseCompletion } from '../../core/prompt/parse.js';
import { type ArmRequest, type EvaluationSetting, scoreArm } from './arms.js';
import { persistently } from './persistent.js';

/** The rationales of an arm's answers, those without a program too: it is the words that are tried here. */
const rationalesOf = async ({ deps, tasks }: EvaluationSetting, arm: EvaluationArm): Promise<Rationale[]> => {
  const problemOf = new Map(tasks.map(({ id, problemId }) => [id, problemId]));
  const rows = (await Promise.all(arm.samples.map((ref) => getRows(deps.store, ref, sampleRowSchema)))).flat();
  return rows.map(({ taskId, index, completion }) => ({
    taskId,
    index,
    problemId: problemOf.get(taskId) ?? taskId,
    text: rationaleOf(completion),
  }));
};

/**
 * Proxy-based evaluation of rationales (NExT): another model gets the problem and one rationale, and fixes it once;
 * pass@k over the rationales of a task. Under `empty` and `shuffled` it is the floor that rationales have to beat.
 */
export const runProxyArm = async (
  setting: EvaluationSetting,
  {
    of,
    condition,
    proxy,
  }: { of: EvaluationArm; condition: ProxyCondition; proxy: Omit<ArmRequest, 'name' | 'n' | 'format'> },
): Promise<EvaluationArm> => {
  const { deps, tasks, seed, signal, onRetry, onProgress, limits, problems } = setting;
  const name = `proxy, ${condition === 'rationale' ? 'rationale' : `${condition} rationale`}`;
  const { client } = deps.model(proxy.modelConfig);
  const asking = { deps, client, model: proxy.model, campaign: 'eval', since: Date.now(), signal };
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const rationales = conditioned(await rationalesOf(setting, of), condition, seed);
  const rows: SampleRow[] = [];
  let [done, recorded] = [0, 0];
  const tell = (): void => onProgress({ arm: name, done, total: rationales.length, recorded });
  tell();
  const promptTokens: number[] = [];
  const ask = async (one: Rationale, at: number): Promise<void> => {
    const task = byId.get(one.taskId);
    if (!task) return;
    const group = {
      modelDigest: proxy.model.digest,
      messages: proxyMessages(task, one.text),
      sampling: samplingParamsSchema.parse(proxy.sampling),
      campaignSeed: seed,
      taskId: task.id,
      firstIndex: one.index,
      count: 1,
    };
    const { record, asked } = await answersOf(asking, group);
    promptTokens[at] = record.promptTokens;
    const completion = record.completions[0];
    if (!completion) return;
    const { text, finishReason, completionTokens } = completion;
    rows[at] = {
      taskId: task.id,
      index: one.index,
      completion: text,
      finishReason,
      completionTokens,
      parsed: parseCompletion(text).ok,
    };
    done += 1;
    recorded += asked ? 0 : 1;
    tell();
  };
  await persistently(() => forEachInFlight(rationales, client.concurrency, signal, ask), { signal, onRetry });
  const samples = await putRows(deps.store, rows);
  const judged = await persistently(() => verify(deps, { samples, tasks: problems.tasks, limits }, { signal }), {
    signal,
    onRetry,
  });
  return await scoreArm(setting, {
    name,
    format: 'none',
    n: of.n,
    model: proxy.model,
    samples: [samples],
    verdicts: [judged.verdicts],
    promptTokens: promptTokens.reduce((sum, tokens) => sum + tokens, 0),
  });
};
