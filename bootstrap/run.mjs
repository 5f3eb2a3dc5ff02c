import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { SetupFailure } from './failure.mjs';

const quietLineEveryMs = 15_000;
const redrawEveryMs = 1_000;
/** The cause is often said first, and the tail is what a tool prints last: keep both ends of a failed output. */
const keptAtEachEnd = 12;

const seconds = (sinceMs) => `${Math.round((Date.now() - sinceMs) / 1000)} s`;

const openEnds = () => {
  const first = [];
  const last = [];
  return {
    add: (line) => {
      if (line.trim() === '' || /^npm (warn|verbose)/i.test(line)) return;
      if (first.length < keptAtEachEnd) first.push(line);
      else last.push(line);
      if (last.length > keptAtEachEnd) last.shift();
    },
    text: () => [...first, ...(last.length === keptAtEachEnd ? ['…'] : []), ...last].join('\n'),
  };
};

/** The part of an installer's output line that tells a person how far it is. */
const gist = (line) => {
  const download = /^\s*Downloading (\S+?)-\d\S* \(([\d.]+ [kMG]B)\)/.exec(line);
  if (download) return `downloading ${download[1].split('/').pop()} (${download[2]})`;
  if (/^\s*Installing collected packages/.test(line)) return 'unpacking';
  const collecting = /^\s*Collecting (\S+?)==/.exec(line);
  return collecting ? `looking up ${collecting[1]}` : undefined;
};

/** One live line on a terminal; elsewhere a line now and then, so that a log shows that work goes on. */
const openProgress = (title, startedMs, out) => {
  let note = '';
  const text = () => `  ${title} ${seconds(startedMs)}${note ? `, ${note}` : ''}`;
  const draw = () =>
    out.isTTY ? out.write(`\r\x1b[2K${text().slice(0, (out.columns ?? 80) - 1)}`) : out.write(`${text()}\n`);
  const timer = setInterval(draw, out.isTTY ? redrawEveryMs : quietLineEveryMs);
  return {
    note: (line) => {
      note = gist(line) ?? note;
    },
    stop: () => {
      clearInterval(timer);
      if (out.isTTY) out.write('\r\x1b[2K');
    },
  };
};

const killGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended.
  }
};

const notStarted = (step, error) =>
  new SetupFailure(
    `${step.title}: ${step.command} could not be started (${error.code}).`,
    `Is ${step.command} installed, and on PATH?`,
  );

/** Starts a command in a process group of its own, its output into a log and, line by line, to `onLine`. */
const start = (step, onLine) => {
  mkdirSync(dirname(step.log), { recursive: true });
  const log = createWriteStream(step.log);
  const child = spawn(step.command, step.args, {
    cwd: step.cwd,
    env: step.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let rest = '';
  const take = (bytes) => {
    log.write(bytes);
    const lines = (rest + bytes.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(notStarted(step, error)));
    child.on('close', (code, signal) => log.end(() => resolve({ code, signal })));
  });
  return { child, ended };
};

/**
 * Runs one command of the set-up and says every so often how long it has taken.
 * @throws SetupFailure with the end of its output, when it fails.
 */
export const runStep = async (step, { out = process.stdout, onStart, signal } = {}) => {
  const startedMs = Date.now();
  const ends = openEnds();
  const progress = openProgress(step.title, startedMs, out);
  const { child, ended } = start(step, (line) => {
    ends.add(line);
    progress.note(line);
  });
  onStart?.(child.pid, step.command);
  const stop = () => killGroup(child, 'SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const { code } = await ended;
    if (code === 0) return;
    const where = relative(step.cwd, step.log);
    throw new SetupFailure(
      `${step.title} failed (${step.command}, exit ${code}):\n${ends.text()}`,
      `${step.remedy}\nThe whole output is in ${where}.`,
    );
  } finally {
    signal?.removeEventListener('abort', stop);
    progress.stop();
  }
};
