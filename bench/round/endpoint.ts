import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RepairTask } from '../../contract/task.js';
import { benchTasks, markOf } from './data.js';
import { followFlight } from './flight.js';

/** Of a thousand answers: the load, 30 % that pass, 0.5 % that never end, the rest fails an assert. */
const passes = 300;
const endless = 5;

const fence = '```';
const stats = { requests: 0, answers: 0, passing: 0, endless: 0 };
const flight = followFlight();

const programOf = (task: RepairTask, hash: number): string => {
  const share = hash % 1000;
  // A statement of its own keeps a program apart from the bug and from its siblings.
  const mark = `_variant = ${hash}\n`;
  if (share < passes) {
    stats.passing += 1;
    return `${task.reference}${mark}`;
  }
  if (share >= passes + endless) return `${task.reference}${mark}${wrong(task.entryPoint)}`;
  stats.endless += 1;
  return `def ${task.entryPoint}(*arguments, **named):\n    while True:\n        pass\n\n${mark}`;
};

/** Runs as the reference does and returns something else: the bugs themselves would do, but some of them never end. */
const wrong = (name: string): string =>
  `_right = ${name}\n\n\ndef ${name}(*arguments, **named):\n    return _right(*arguments, **named), "wrong"\n`;

const rationale =
  'The trace shows that the value on the last line is not the one that the assert expects, so the condition before it is ' +
  'wrong: it takes the other branch for the last element. I change the comparison and keep the rest as it is.';

/** Each model answers in its own way, or a later round's programs would have been judged before. */
const answerOf = (model: string, task: RepairTask, seed: number, index: number): string => {
  const hash = createHash('sha256').update(`${model}/${task.id}/${seed}/${index}`).digest().readUInt32BE(0);
  stats.answers += 1;
  return `${rationale}\n\n${fence}python\n${programOf(task, hash)}${fence}\n`;
};

const read = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

const send = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

interface Asked {
  messages: { content: string }[];
  model: string;
  n: number;
  seed: number;
}

const complete = (tasks: Map<string, RepairTask>, body: string, response: ServerResponse): void => {
  const { messages, model, n, seed } = JSON.parse(body) as Asked;
  const prompt = messages.at(-1)?.content ?? '';
  const task = tasks.get(/Task \d{7}:/.exec(prompt)?.[0] ?? '');
  if (!task) throw new Error(`no task in the prompt: ${prompt.slice(0, 200)}`);
  stats.requests += 1;
  const choices = Array.from({ length: n }, (_, index) => ({
    index,
    finish_reason: 'stop',
    message: { role: 'assistant', content: answerOf(model, task, seed, index) },
  }));
  send(response, { model: 'replay', choices, usage: { prompt_tokens: 1000, completion_tokens: 130 * n } });
};

/** An endpoint in a process of its own, whose CPU time is told at `/stats`: arguments are tasks and delay in ms. */
const main = async (): Promise<void> => {
  const [count, delayMs] = process.argv.slice(2).map(Number) as [number, number];
  const tasks = new Map((await benchTasks(count)).map((task, at) => [markOf(at), task]));
  const server = createServer((request, response) => {
    void read(request).then(async (body) => {
      const { user, system } = process.cpuUsage();
      if (request.url === '/stats') return send(response, { ...stats, cpuMs: Math.round((user + system) / 1000) });
      if (request.url === '/flight') return send(response, flight.read());
      if (request.url !== '/v1/chat/completions') return send(response, { status: 'success' });
      flight.arrived();
      if (delayMs > 0) await delay(delayMs);
      complete(tasks, body, response);
      flight.answered();
    });
  });
  server.listen(0, '127.0.0.1', () => {
    process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
  });
  process.stdin.on('end', () => process.exit()).resume();
};

await main();
