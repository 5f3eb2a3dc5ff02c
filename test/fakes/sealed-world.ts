import type { S3Location } from '../../contract/config.js';
import { type Answer, fixed, rambling, startSealedCampaign, wrong } from './sealed-campaign.js';

/** Solves the first `tasks` tasks with every second sample; each fifth task is answered without a program. */
export const solving =
  (tasks: number): Answer =>
  (task, index) => {
    const at = Number(/\d+/.exec(task.problemId)?.[0]);
    if (at % 5 === 4) return rambling();
    return at < tasks && index % 2 === 0 ? fixed(task) : wrong(task);
  };

/** A whole sealed campaign of two rounds with an event between them; in a bucket where one is named. */
export const sealedWorld = async (campaign?: string, s3?: S3Location) => {
  const sealed = await startSealedCampaign(campaign, undefined, s3);
  await sealed.sealBase(solving(2));
  await sealed.sealRound(1, solving(2), solving(4));
  await sealed.events.append(sealed.campaign, {
    id: 'pause-1',
    kind: 'paused',
    by: 'ada',
    summary: 'paused for lunch',
  });
  await sealed.sealRound(2, solving(4), solving(8));
  await sealed.sealEnd(2, 2, { base: solving(2), best: solving(8) });
  return sealed;
};
