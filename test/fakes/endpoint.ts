import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RepairTask } from '../../contract/task.js';

interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
  n?: number;
  seed?: number;
  max_tokens?: number;
}

/** What a test may put in the endpoint's way; undefined answers as usual. */
export type Trouble = (request: ChatRequest, response: ServerResponse) => 'answered' | undefined;

export interface FakeEndpoint {
  baseUrl: string;
  /** How often each request body was asked for. */
  asked: Map<string, number>;
  loadedAdapters: string[];
  trouble: Trouble | undefined;
  /** Writes a choice's text in place of the usual answer, from the prompt and the choice's hash. */
  write: ((prompt: string, hash: number) => string) | undefined;
  /** Told of each request's body when it comes in. */
  onAsk: ((body: string) => void) | undefined;
  /** Told of each answer before it is sent: the request's body and the texts. */
  onAnswer: ((body: string, texts: string[]) => void) | undefined;
  /** How long an answer takes. */
  delayMs: number;
  close(): Promise<void>;
}

const fence = '```';
const hashOf = (...parts: unknown[]): number =>
  createHash('sha256').update(JSON.stringify(parts)).digest().readUInt32BE(0);

/** One of four kinds of answer, by hash: the reference with a rationale, the bug again, a wrong program, no program. */
const answerFor = (task: RepairTask | undefined, hash: number): string => {
  const rationale = `The trace shows value ${hash % 97} where another is expected, so the last line must change.`;
  const program = [task?.reference, task?.reference, task?.buggy, 'def nothing():\n    return None\n'][hash % 4] ?? '';
  return hash % 5 === 4 ? rationale : `${rationale}\n\n${fence}python\n${program}# variant ${hash % 3}\n${fence}`;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** A deterministic OpenAI-compatible endpoint: equal requests get equal answers, and every request is counted. */
export const startFakeEndpoint = async (tasks: readonly RepairTask[]): Promise<FakeEndpoint> => {
  const endpoint: Omit<FakeEndpoint, 'baseUrl' | 'close'> = {
    asked: new Map(),
    loadedAdapters: [],
    trouble: undefined,
    write: undefined,
    onAsk: undefined,
    onAnswer: undefined,
    delayMs: 0,
  };

  const chat = async (body: string, response: ServerResponse): Promise<void> => {
    const request = JSON.parse(body) as ChatRequest;
    endpoint.asked.set(body, (endpoint.asked.get(body) ?? 0) + 1);
    endpoint.onAsk?.(body);
    if (endpoint.trouble?.(request, response) === 'answered') return;
    if (endpoint.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, endpoint.delayMs));
    const prompt = request.messages.at(-1)?.content ?? '';
    const task = tasks.find(({ intent }) => prompt.includes(intent));
    const write = endpoint.write ?? ((_: string, hash: number) => answerFor(task, hash));
    const choices = Array.from({ length: request.n ?? 1 }, (_, index) => ({
      index,
      finish_reason: 'stop',
      message: { role: 'assistant', content: write(prompt, hashOf(request.model, request.seed, prompt, index)) },
    }));
    endpoint.onAnswer?.(
      body,
      choices.map(({ message }) => message.content),
    );
    const usage = { prompt_tokens: prompt.length, completion_tokens: 10 * choices.length, total_tokens: 0 };
    send(response, 200, { id: 'fake', object: 'chat.completion', created: 0, model: request.model, choices, usage });
  };

  const server = createServer((request, response) => {
    void readBody(request)
      .then(async (body) => {
        if (request.url === '/v1/chat/completions') return await chat(body, response);
        if (request.url !== '/v1/load_lora_adapter') return send(response, 404, { error: { message: 'no such page' } });
        endpoint.loadedAdapters.push((JSON.parse(body) as { lora_name: string }).lora_name);
        send(response, 200, { status: 'success' });
      })
      .catch((error: Error) =>
        send(response, 500, { error: { message: `the fake endpoint failed: ${error.message}` } }),
      );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(endpoint, {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
};

const send = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
