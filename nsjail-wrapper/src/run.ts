import { JailProcess } from './jail.js';
import type { LaunchRequest } from './launch.js';
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

/** Runs one command in a fresh jail to its end. What it did is the outcome; only a malformed policy or no nsjail throws. */
export const runInJail = async (request: RunRequest): Promise<RunResult> => {
  const startedAt = performance.now();
  const jail = new JailProcess(request, request.signal);
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
