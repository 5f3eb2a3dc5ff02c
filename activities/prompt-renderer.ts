import type { CampaignConfig, ModelConfig } from '../contract/config.js';
import { NextuneFailure } from '../contract/failures.js';
import type { TaskTrace } from '../contract/trace.js';
import type { TraceFormat } from '../contract/trace-formats.js';
import { type ProgramRenderer, promptRenderer, type ShotTask } from '../core/prompt/repair.js';
import { fitToTokens } from '../core/trace/token-budget.js';
import type { Deps } from './deps.js';

export interface PromptBudget {
  format: TraceFormat;
  sampling: { traceMaxChars: number; trace?: CampaignConfig['sampling']['trace'] | undefined };
  modelConfig?: ModelConfig | undefined;
}

/**
 * The renderer of the given tasks' programs. With a budget in tokens each is fitted to it beforehand, as the served model
 * counts; what is asked of the endpoint depends on nothing but the text, so every attempt renders the same.
 */
export const promptRendererFor = async (
  deps: Deps,
  { format, sampling, modelConfig }: PromptBudget,
  tasks: readonly ShotTask[],
): Promise<ProgramRenderer> => {
  const { maxTokens, ...text } = sampling.trace ?? {};
  const within = (maxChars: number): ProgramRenderer =>
    promptRenderer({ ...text, maxChars: Math.min(maxChars, sampling.traceMaxChars) });
  if (maxTokens === undefined || modelConfig === undefined || format === 'none')
    return within(Number.POSITIVE_INFINITY);
  const { client, host } = deps.model(modelConfig);
  const { model } = await host.base();
  const count = async (text: string): Promise<number> => {
    if (client.countTokens) return await client.countTokens({ model, text });
    throw new NextuneFailure('modelRefused', 'this model counts no tokens: set sampling.traceMaxChars instead');
  };
  const fitted = new Map<TaskTrace, string>();
  for (const { task, trace } of tasks) {
    const render = (maxChars: number): string => within(maxChars)(format, trace, task.buggy ?? '');
    fitted.set(trace, await fitToTokens(render, maxTokens, count));
  }
  return (asked, trace, program) => fitted.get(trace) ?? within(Number.POSITIVE_INFINITY)(asked, trace, program);
};
