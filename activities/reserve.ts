import type { ReserveArgs, ReserveResult } from '../contract/control.js';
import { costOf, judgeReservation } from '../core/control/limits.js';
import type { Deps } from './deps.js';

/** Whether the next requests stay within a campaign's budget, by what its spend book says was paid. */
export const reserve = async (deps: Deps, args: ReserveArgs): Promise<ReserveResult> => {
  const total = await deps.spend.total(args.campaign);
  return judgeReservation(args, { ...total, costMicroUsd: costOf(total, args.prices) });
};
