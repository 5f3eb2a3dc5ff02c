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
const failureLines = (log: string): string =>
  log
    .split('\n')
    .filter((line) => /^\[[WEF]\]/.test(line))
    .map((line) => line.replace(/^\[[WEF]\]\[[^\]]*\]\s*/, ''))
    .join('; ');

/** Reads the end from nsjail's log, which the jailed process can't write to. */
export const readNsjailLog = (log: string): EngineEnd => {
  const code = exitedLine.exec(log)?.[1];
  return {
    entered: /Executing '/.test(log) && !/execve\(.*\) failed/.test(log),
    code: code === undefined ? undefined : Number(code),
    signal: signalLine.exec(log)?.[1],
    outOfTime: timeLine.test(log),
    failure: failureLines(log) || log.trim() || 'nsjail ended without a word',
  };
};
