import { configFd, type EngineEnd, type Plan, type PlanRequest } from './engine.js';
import { nsjailConfig } from './nsjail-config.js';

/** nsjail reads its configuration from a descriptor. */
export const planNsjail = (request: PlanRequest): Plan => ({
  argv: [request.engine.path, '--config', `/proc/self/fd/${configFd}`, '--'],
  inputs: new Map([[configFd, nsjailConfig(request)]]),
});

/** Lines that nsjail 3.6 writes when it reaps the jailed process. */
const exitedLine = /exited with status: (\d+)/;
const signalLine = /terminated with signal: (\w+)/;
const timeLine = /run time >= time limit/;
const failureOf = (log: string): string => {
  const lines = log.trim().split('\n');
  const told = lines.filter((line) => /^\[[WEF]\]/.test(line)).map(withoutPrefix);
  if (told.length > 0) return told.join('; ');
  const last = withoutPrefix(lines.at(-1) ?? '');
  return last === '' ? 'nsjail ended without a word' : `nsjail ended without a reason, after: ${last}`;
};
const withoutPrefix = (line: string): string => line.replace(/^\[\w\]\[[^\]]*\]\s*/, '');

/** Reads the end from nsjail's log, which the jailed process can't write to. */
export const readNsjailLog = (log: string): EngineEnd => {
  const code = exitedLine.exec(log)?.[1];
  return {
    entered: /Executing '/.test(log) && !/execve\(.*\) failed/.test(log),
    code: code === undefined ? undefined : Number(code),
    signal: signalLine.exec(log)?.[1],
    outOfTime: timeLine.test(log),
    failure: failureOf(log),
  };
};
