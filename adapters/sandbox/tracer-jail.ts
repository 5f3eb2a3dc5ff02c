import { type Jail, open } from 'nsjail-wrapper';
import { NextuneFailure } from '../../contract/failures.js';
import { findJailPython } from './interpreter.js';
import type { Weakening } from './isolation.js';
import { nsjailEngine } from './nsjail.js';
import { tracerArgs, tracerPolicy } from './tracer-policy.js';
import { readAnswers, type TraceAnswer, type TraceJob } from './tracer-wire.js';

/** One jail with a warm zygote: a job at a time. */
export interface TracerJail {
  /** @throws NextuneFailure sandboxBroken when the jail ends or breaks the protocol; the jail is then gone. */
  run(job: TraceJob): Promise<TraceAnswer[]>;
  close(): Promise<void>;
}

const broken = async (jail: Jail, cause?: unknown): Promise<NextuneFailure> => {
  const outcome = await jail.close();
  const how =
    outcome.kind === 'refused' ? `nsjail refused it: ${outcome.reason}` : `it ended (${JSON.stringify(outcome)})`;
  const said = jail.stderrTail().trim().slice(-1000);
  return new NextuneFailure(
    'sandboxBroken',
    `the tracer's jail does not work: ${how}${said === '' ? '' : `\n${said}`}\nRun nextune doctor to see what this machine allows.`,
    { cause },
  );
};

/** Starts a jail for programs of at most `memoryBytes`. @throws NextuneFailure sandboxBroken */
export const openTracerJail = async (memoryBytes: number, accepted: readonly Weakening[]): Promise<TracerJail> => {
  const python = await findJailPython();
  const jail = await open({
    policy: tracerPolicy(python, memoryBytes, accepted),
    command: python.path,
    args: tracerArgs(accepted),
    engine: nsjailEngine(),
  });
  const answers = readAnswers(jail.stdout);
  return {
    run: async (job) => {
      jail.stdin.write(`${JSON.stringify(job)}\n`);
      const told: TraceAnswer[] = [];
      while (!told.at(-1)?.head.last) {
        const answer = await answers.next().catch(async (error: unknown) => {
          throw await broken(jail, error);
        });
        if (answer.done) throw await broken(jail);
        told.push(answer.value);
      }
      return told;
    },
    close: async () => {
      await jail.close();
    },
  };
};
