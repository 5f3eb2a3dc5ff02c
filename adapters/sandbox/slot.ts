import { createInterface } from 'node:readline';
import { firstChannelFd, type Jail, open, type RunOutcome } from 'nsjail-wrapper';
import { z } from 'zod';
import { reasonSchema, testOutcomeSchema } from '../../contract/verdict.js';
import type { JailPython } from './interpreter.js';
import { type Weakening, weakenings } from './isolation.js';
import { nsjailEngine } from './nsjail.js';
import { pythonArgs, slotPolicies } from './slot-policy.js';

/** What python/nextune_jail/judge.py answers, one JSON line a job. */
const judgedSchema = z.object({
  verdict: z.enum(['pass', 'fail', 'none']),
  reason: reasonSchema,
  outcomes: z.array(testOutcomeSchema.shape.outcome),
  detail: z.string().optional(),
  /** CPU time of the last process, where the job asked for it. */
  cpuMs: z.number().optional(),
});
/** What a trusted reference returns for each call, by each of its two programs, and the CPU time of either. */
const answersSchema = z.strictObject({
  answers: z.array(
    z.array(
      z.union([
        z.object({ text: z.string(), floats: z.boolean() }),
        z.object({ foreign: z.string() }),
        z.object({ lost: z.string() }),
      ]),
    ),
  ),
  cpuMs: z.array(z.number()),
});
export type ReferenceAnswers = z.infer<typeof answersSchema>;
const judgeAnswerSchema = z.union([
  judgedSchema,
  z.strictObject({ needsTask: z.literal(true) }),
  answersSchema,
  z.strictObject({ badTask: z.string().optional() }),
]);
export type JudgeAnswer = z.infer<typeof judgeAnswerSchema>;
/** Whether a program was judged; else the answer is about the task alone. */
export const isJudged = (answer: JudgeAnswer): answer is z.infer<typeof judgedSchema> => 'verdict' in answer;

/** The judge's own wall limit for a candidate process, as a multiple of its CPU limit (judge.py's WALL_FACTOR). */
const wallFactor = 10;
const runsOfAPass = 2;
/** As long again for a process that waited for a processor (zygote.py's over_wall). */
const starvedFactor = 2;
const sentKept = 1024;
const graceMs = 30_000;
/** How long a job may take at the very most, when both runs of it wait out their wall limit. */
export const answerLimitMs = (cpuMs: number): number => cpuMs * wallFactor * starvedFactor * runsOfAPass + graceMs;

/** A job of the judge: without a program only the task's tests are read. A judge keeps tasks by their key. */
export interface JudgeJob {
  taskKey: string;
  task: object;
  program?: string;
  measure?: boolean;
  cpuMs?: number;
  memoryBytes?: number;
}

/** A reference to run on calls, in two forms: one a zygote, so each with its own hash seed, clock and entropy. */
export interface AnswersJob {
  programs: [string, string];
  entryPoint: string;
  /** Argument lists as source text. */
  calls: readonly string[];
  cpuMs: number;
  memoryBytes: number;
}

/** The slot's jails have ended, or had to be ended: nothing is known of what ran in them. */
export class SlotDied extends Error {
  override name = 'SlotDied';
}

/** One candidates' jail and one judge's jail, with a socket for each hash seed between them. One job at a time. */
export class Slot {
  readonly #jails: { candidates: Jail; judge: Jail };
  #answer: { resolve: (answer: JudgeAnswer) => void; reject: (error: Error) => void } | undefined;
  #dead: SlotDied | undefined;
  /** Keys of tasks that the judge has seen; it forgets old ones, and then asks for them. */
  readonly #sent = new Set<string>();

  private constructor(candidates: Jail, judge: Jail) {
    this.#jails = { candidates, judge };
    createInterface({ input: judge.stdout }).on('line', (line) => this.#take(line));
    void judge.exited.then((outcome) => this.#die('judge', outcome));
    void candidates.exited.then((outcome) => this.#die('candidates', outcome));
  }

  /** `policies` differ from the usual only where a test lifts a rule. */
  static async open(
    python: JailPython,
    accepted: readonly Weakening[],
    policies = slotPolicies(python, accepted),
  ): Promise<Slot> {
    const engine = nsjailEngine();
    const fds = `${firstChannelFd},${firstChannelFd + 1}`;
    const options = accepted.map((name) => weakenings[name].option).join(',');
    const candidates = await open({
      engine,
      policy: policies.candidates,
      command: python.path,
      args: pythonArgs('zygote', fds, options),
      channels: 2,
    });
    const judge = await open({
      engine,
      policy: policies.judge,
      command: python.path,
      args: pythonArgs('judge', fds),
      inherit: candidates.channels,
    });
    // The judge holds the sockets now; with a copy here the zygotes would not see it end.
    for (const channel of candidates.channels) channel.destroy();
    return new Slot(candidates, judge);
  }

  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /** @throws SlotDied when a jail ended, or did not answer in `limitMs`. */
  async ask({ task, ...job }: JudgeJob, limitMs: number): Promise<JudgeAnswer> {
    const short = this.#sent.has(job.taskKey) ? await this.#send(job, limitMs) : undefined;
    if (short && !('needsTask' in short)) return short;
    this.#sent.add(job.taskKey);
    if (this.#sent.size > sentKept) this.#sent.clear();
    return this.#send({ ...job, task }, limitMs);
  }

  /** Runs a reference for its answers; nothing of it is judged. @throws SlotDied as `ask` does. */
  async answers(job: AnswersJob, limitMs: number): Promise<ReferenceAnswers> {
    const answer = await this.#send(job, limitMs);
    if ('answers' in answer) return answer;
    throw new SlotDied('the judge gave another answer than those of a reference');
  }

  #send(job: object, limitMs: number): Promise<JudgeAnswer> {
    if (this.#dead) return Promise.reject(this.#dead);
    const timer = setTimeout(() => this.#fail(new SlotDied(`the judge did not answer in ${limitMs} ms`)), limitMs);
    return new Promise<JudgeAnswer>((resolve, reject) => {
      this.#answer = { resolve, reject };
      this.#jails.judge.stdin.write(`${JSON.stringify(job)}\n`);
    }).finally(() => clearTimeout(timer));
  }

  #take(line: string): void {
    const waiting = this.#answer;
    this.#answer = undefined;
    const parsed = judgeAnswerSchema.safeParse(JSON.parse(line));
    if (parsed.success) waiting?.resolve(parsed.data);
    else waiting?.reject(new SlotDied(`the judge answered what is no answer: ${line.slice(0, 200)}`));
  }

  #die(which: 'judge' | 'candidates', outcome: RunOutcome): void {
    const jail = this.#jails[which];
    const said = outcome.kind === 'refused' ? outcome.reason : jail.stderrTail().trim().slice(-500);
    this.#fail(new SlotDied(`the ${which} jail ended (${outcome.kind})${said ? `: ${said}` : ''}`));
  }

  #fail(error: SlotDied): void {
    this.#dead ??= error;
    this.#answer?.reject(error);
    this.#answer = undefined;
    void this.close();
  }

  /** Ends both jails; resolves when nothing of them is left. Safe to repeat. */
  async close(): Promise<void> {
    this.#dead ??= new SlotDied('the slot was closed');
    await Promise.all([this.#jails.judge.close(), this.#jails.candidates.close()]);
  }
}
