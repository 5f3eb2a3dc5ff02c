import { JailProcess } from './jail.js';
import { type LaunchRequest, Refusal } from './launch.js';
import type { RunOutcome } from './outcome.js';

export interface RunRequest extends LaunchRequest {
  /** Written to the command's stdin, which is then closed. */
  stdin?: string | Uint8Array;
  /** Kept of stdout; one byte more ends the run as `outputLimit`. Default 1 MiB. */
  maxOutputBytes?: number;
  signal?: AbortSignal;
}

export interface RunResult {
  outcome: RunOutcome;
  stdout: Buffer;
  stderrTail: string;
  durationMs: number;
}

const defaultOutputBytes = 1024 * 1024;

const start = (request: RunRequest): JailProcess | Refusal => {
  try {
    return new JailProcess(request, request.signal);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
};

/** Runs one command in a fresh jail to its end. What it did is the outcome; only a malformed policy or no engine throws. */
export const run = async (request: RunRequest): Promise<RunResult> => {
  const startedAt = performance.now();
  const jail = start(request);
  if (jail instanceof Refusal) {
    return {
      outcome: { kind: 'refused', reason: jail.message },
      stdout: Buffer.alloc(0),
      stderrTail: '',
      durationMs: 0,
    };
  }
  const limitBytes = request.maxOutputBytes ?? defaultOutputBytes;
  const chunks: Buffer[] = [];
  let bytes = 0;
  jail.stdout.on('data', (chunk: Buffer) => {
    const room = limitBytes - bytes;
    bytes += chunk.length;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    if (bytes > limitBytes) jail.stop('outputLimit');
  });
  jail.stdin.end(request.stdin ?? '');
  const outcome = await jail.exited;
  return {
    outcome,
    stdout: Buffer.concat(chunks),
    stderrTail: jail.stderrTail(),
    durationMs: performance.now() - startedAt,
  };
};
