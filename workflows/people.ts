import { ApplicationFailure, currentUpdateInfo, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  approveArgsSchema,
  budgetArgsSchema,
  extendArgsSchema,
  pauseArgsSchema,
  retryArgsSchema,
  stopArgsSchema,
} from '../contract/control.js';
import { failureTypes } from '../contract/failures.js';
import { changedLimits } from '../core/control/limits.js';
import {
  refuseApprove,
  refuseBudget,
  refuseExtend,
  refusePause,
  refuseResume,
  refuseRetry,
  refuseStop,
} from '../core/control/refusals.js';
import type { Desk } from './desk.js';
import { approve, budget, cancelledBy, extend, pause, resume, retry, stop } from './messages.js';

/** A refused wish never enters the history; its words go back to who asked. */
const refuse = (refusal: string | undefined): void => {
  if (refusal === undefined) return;
  throw ApplicationFailure.create({ message: refusal, type: failureTypes.wishRefused.type, nonRetryable: true });
};

/** Told once however often the handler's activity is tried: an update has one id. */
const eventId = (): string => `${workflowInfo().workflowId}/update/${currentUpdateInfo()?.id ?? ''}`;

/** Takes what people ask for: each wish is checked, set, written to the campaign's events, and then answered. */
export const answerPeople = (desk: Desk): void => {
  takeHolds(desk);
  takeLength(desk);
  takeRetries(desk);
  setHandler(cancelledBy, (by) => {
    desk.canceller = by;
  });
};

const takeHolds = (desk: Desk): void => {
  setHandler(
    pause,
    async (given, by) => {
      const { now, reason = 'paused by a person' } = pauseArgsSchema.parse(given);
      await desk.hold({ by: 'person', reason, sinceMs: Date.now(), now });
      await desk.record(eventId(), 'paused', `${reason}${now ? ', work in flight cut off' : ''}`, by);
      return desk.control;
    },
    { validator: (given, _by) => refuse(refusePause(desk.standing(), pauseArgsSchema.parse(given))) },
  );
  setHandler(
    resume,
    async (by) => {
      await desk.release();
      await desk.record(eventId(), 'resumed', 'resumed by a person', by);
      return desk.control;
    },
    { validator: (_by) => refuse(refuseResume(desk.standing())) },
  );
  setHandler(
    approve,
    async (given, by) => {
      const { note } = approveArgsSchema.parse(given);
      const round = desk.standing().round + (desk.standing().phase === 'round' ? 0 : 1);
      await desk.release({ approved: [...desk.control.approved, round] });
      await desk.record(eventId(), 'approved', `round ${round} approved${note ? `: ${note}` : ''}`, by);
      return desk.control;
    },
    {
      validator: (given, _by) =>
        refuse(approveArgsSchema.safeParse(given).error?.message ?? refuseApprove(desk.standing())),
    },
  );
};

const takeLength = (desk: Desk): void => {
  setHandler(
    stop,
    async (given, by) => {
      const { afterRound, reason = 'stopped by a person' } = stopArgsSchema.parse(given);
      if (afterRound) await desk.set({ stopAfterRound: reason });
      else await desk.interrupt(reason);
      await desk.record(eventId(), 'stopped', `${reason}${afterRound ? ', after the round under way' : ''}`, by);
      return desk.control;
    },
    { validator: (given, _by) => refuse(refuseStop(desk.standing(), stopArgsSchema.parse(given))) },
  );
  setHandler(
    extend,
    async (given, by) => {
      const { rounds } = extendArgsSchema.parse(given);
      await desk.set({ rounds: desk.control.rounds + rounds });
      await desk.record(eventId(), 'extended', `${rounds} more rounds, ${desk.control.rounds} in all`, by);
      return desk.control;
    },
    { validator: (given, _by) => refuse(refuseExtend(desk.standing(), extendArgsSchema.parse(given))) },
  );
  setHandler(
    budget,
    async (given, by) => {
      await desk.set({ budget: changedLimits(desk.control.budget, budgetArgsSchema.parse(given)) });
      await desk.record(eventId(), 'budget', `budget set to ${JSON.stringify(desk.control.budget)}`, by);
      return desk.control;
    },
    { validator: (given, _by) => refuse(refuseBudget(desk.standing(), budgetArgsSchema.parse(given))) },
  );
};

const takeRetries = (desk: Desk): void => {
  setHandler(
    retry,
    async (given, by) => {
      const request = retryArgsSchema.parse(given);
      const what = `round ${request.round} from ${request.from}`;
      const wish = { retry: request };
      if (desk.control.hold?.by === 'failure') await desk.release(wish);
      else await desk.set(wish);
      await desk.interruptRound(`${what} is run again`);
      await desk.record(eventId(), 'retried', `${what} is run again`, by);
      return desk.control;
    },
    { validator: (given, _by) => refuse(refuseRetry(desk.standing(), retryArgsSchema.parse(given))) },
  );
};
