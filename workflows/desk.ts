import {
  CancellationScope,
  type ChildWorkflowHandle,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  CampaignInput,
  CampaignProgress,
  CampaignState,
  RoundOutcome,
  RoundRecord,
  StepProgress,
} from '../contract/campaign.js';
import type { CampaignConfig } from '../contract/config.js';
import type { Asker, CampaignControl, Hold, RetryRequest } from '../contract/control.js';
import type { EventKind } from '../contract/event.js';
import { roundWorkflowId } from '../contract/workflow-ids.js';
import { initialControl } from '../core/control/limits.js';
import type { Standing } from '../core/control/refusals.js';
import { Gate, Interrupted } from './gate.js';
import { campaignProgress, holdCampaign, interruptRound, steerRound } from './messages.js';
import { control as activities, titled } from './options.js';
import type { round } from './round.js';
import { type Steering, steerOf, until } from './steering.js';

type Phase = CampaignProgress['phase'];

/** Where a campaign is steered from: what people set, the gate of its own work, and the round under way. */
export class Desk implements Steering {
  readonly gate: Gate;
  /** Whether the campaign was started by code that knows of steering: older ones keep their rounds as they were. */
  readonly modern: boolean;
  /** Who asked for its cancellation, where they said so. */
  canceller: Asker | undefined;
  readonly #campaign: string;
  readonly #searchable: boolean;
  #control: CampaignControl;
  #progress: CampaignProgress;
  #rounds: readonly RoundRecord[];
  #roundHandle: ChildWorkflowHandle<typeof round> | undefined;

  constructor({ campaign, config, control, resume, searchable }: CampaignInput) {
    this.modern = control !== undefined;
    this.#campaign = campaign;
    this.#searchable = searchable ?? false;
    this.#control = control ?? initialControl(config, Date.now());
    this.gate = new Gate(this.#control.hold);
    if (this.#control.stopNow !== undefined) this.gate.interrupt(this.#control.stopNow);
    this.#rounds = resume?.rounds ?? [];
    this.#progress = {
      phase: 'prepare',
      round: resume?.round ?? 0,
      rounds: this.#control.rounds,
      checkpoints: resume?.checkpoints ?? [],
    };
    setHandler(campaignProgress, () => this.#view());
    setHandler(holdCampaign, (hold) => this.hold(hold));
  }

  get control(): CampaignControl {
    return this.#control;
  }

  standing(): Standing {
    const { phase, round: number } = this.#progress;
    return { phase, round: number, control: this.#control, rounds: this.#rounds };
  }

  steer = () => steerOf(this.#control);

  report = (step: StepProgress | undefined): void => {
    this.#progress = { ...this.#progress, ...(step && { step }) };
  };

  enter(phase: Phase, state?: CampaignState): void {
    const { checkpoints, rounds } = state ?? {};
    const number = phase === 'round' && state ? state.round + 1 : this.#progress.round;
    this.#progress = { ...this.#progress, phase, round: number, ...(checkpoints && { checkpoints }) };
    this.#rounds = rounds ?? this.#rounds;
    this.#list();
  }

  /** Temporal's own page lists campaigns by these. */
  #list(): void {
    if (!this.#searchable) return;
    const { phase, round: number, checkpoints } = this.#progress;
    const score = Math.max(...checkpoints.map(({ devPassAt1 }) => devPassAt1));
    upsertSearchAttributes({
      NextuneCampaign: [this.#campaign],
      NextunePhase: [this.#control.hold ? `held (${this.#control.hold.by})` : phase],
      NextuneRound: [number],
      ...(Number.isFinite(score) && { NextuneScore: [score] }),
    });
  }

  #view(): CampaignProgress {
    const { hold, rounds, stopAfterRound, budget } = this.#control;
    const wishes = { ...(hold && { hold }), ...(stopAfterRound !== undefined && { stopAfterRound }), budget };
    return { ...this.#progress, rounds, ...wishes };
  }

  /** Sets what people asked for, and tells the round under way. */
  async set(change: Partial<CampaignControl>): Promise<void> {
    this.#control = { ...this.#control, ...change };
    await this.#tell();
  }

  /** Lets nothing new start, here and in the round under way. */
  async hold(hold: Hold): Promise<void> {
    if (this.#control.hold !== undefined && this.#control.hold.by !== 'person') return;
    const sinceMs = this.#control.hold?.sinceMs ?? hold.sinceMs;
    this.#control = { ...this.#control, hold: { ...hold, sinceMs } };
    this.gate.set(hold);
    this.#list();
    await this.#tell();
    if (hold.by !== 'person') await this.record(`${workflowInfo().workflowId}/held/${sinceMs}`, 'paused', hold.reason);
  }

  async release(change: Partial<CampaignControl> = {}): Promise<void> {
    const { hold, ...rest } = this.#control;
    const heldMs = rest.heldMs + (hold ? Date.now() - hold.sinceMs : 0);
    this.#control = { ...rest, heldMs, ...change };
    this.gate.set(undefined);
    this.#list();
    await this.#tell();
  }

  /** Ends all work at once; what was sealed stays. */
  async interrupt(reason: string): Promise<void> {
    this.#control = { ...this.#control, stopNow: reason };
    this.gate.interrupt(reason);
    await this.interruptRound(reason);
  }

  async interruptRound(reason: string): Promise<void> {
    await this.#signal((handle) => handle.signal(interruptRound, reason));
  }

  #tell = (): Promise<void> => this.#signal((handle) => handle.signal(steerRound, this.steer()));

  /** A round that has just ended needs to be told nothing. */
  async #signal(send: (handle: ChildWorkflowHandle<typeof round>) => Promise<void>): Promise<void> {
    const handle = this.#roundHandle;
    if (handle) await CancellationScope.nonCancellable(() => send(handle)).catch(() => undefined);
  }

  /** Follows a round's workflow to its end, and steers it while it runs. */
  async follow(
    state: CampaignState,
    record: RoundRecord,
    result: () => Promise<RoundOutcome>,
    handle: ChildWorkflowHandle<typeof round>,
  ): Promise<RoundOutcome> {
    this.#roundHandle = handle;
    this.#rounds = state.rounds ?? [];
    const id = roundWorkflowId(this.#campaign, record.round, record.attempt);
    this.#progress = { ...this.#progress, roundWorkflowId: id, attempt: record.attempt };
    if (this.#control.hold) void this.#tell();
    if (this.hasRetry()) void this.interruptRound('it is run again');
    try {
      return await result();
    } finally {
      this.#roundHandle = undefined;
    }
  }

  hasRetry(): boolean {
    return this.#control.retry !== undefined;
  }

  takeRetry(): RetryRequest | undefined {
    const { retry, ...rest } = this.#control;
    if (retry) this.#control = rest;
    return retry;
  }

  /** For the run after this one, which starts at that round. */
  putBack(retry: RetryRequest): void {
    this.#control = { ...this.#control, retry };
  }

  /** Writes to the campaign's events, once an id. A campaign that is older than them has none. */
  async record(id: string, kind: EventKind, summary: string, by: Asker = 'campaign'): Promise<void> {
    if (!this.modern) return;
    const event = { id, kind, by, round: this.#progress.round, summary };
    await titled(`record: ${kind}`, activities.recordEvent, { campaign: this.#campaign, event });
  }

  /** A campaign that had ended was asked to go on: written down by the run that does. */
  async recordReopening(): Promise<void> {
    const { reopened, ...rest } = this.#control;
    if (!reopened) return;
    this.#control = rest;
    await this.record(
      `${workflowInfo().workflowId}/reopened/${reopened.id}`,
      reopened.kind,
      reopened.summary,
      reopened.by,
    );
  }

  async passApproval(number: number, wanted: CampaignConfig['approvals'] | undefined): Promise<void> {
    const needed = wanted === 'all' || (Array.isArray(wanted) && wanted.includes(number));
    if (!needed || this.#control.approved.includes(number)) return;
    await this.gate.pass();
    const reason = `round ${number} waits for an approval`;
    await this.hold({ by: 'approval', reason, sinceMs: Date.now(), now: false });
    await this.gate.pass();
  }

  /** Waits for a person's retry. @throws Interrupted when the person ends the campaign instead */
  async holdForFailure(number: number, reason: string): Promise<void> {
    const told = `round ${number} failed: ${reason}`;
    await this.hold({ by: 'failure', reason: told, sinceMs: Date.now(), now: false });
    let ended: unknown;
    void this.gate.pass().catch((error: unknown) => {
      ended = error;
    });
    await until(() => this.hasRetry() || ended !== undefined);
    if (ended instanceof Interrupted) throw ended;
  }
}
