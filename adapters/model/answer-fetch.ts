import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';

/** As many as a browser follows (Fetch standard, 4.4: HTTP-redirect fetch). */
const maxRedirections = 20;

/**
 * `fetch` for answers that are read whole: what the OpenAI library asks of it, on undici's plain request. The standard's own wraps each
 * body in web streams, which takes as long as all else that one request costs. Node's waits at most 300 s for headers;
 * a long line or a slow machine exceeds that, so `timeoutMs` is the limit for headers and between parts of the body.
 */
export const createAnswerFetch = (timeoutMs: number): typeof fetch => {
  const dispatcher = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, maxRedirections });
  const ask = async (url: string, { method, headers, body, signal }: RequestInit): Promise<WholeAnswer> => {
    const { origin, pathname, search } = new URL(url);
    const asked = dispatcher.request({
      ...{ origin, path: `${pathname}${search}`, method: (method ?? 'GET') as Dispatcher.HttpMethod },
      // A plain object, for of any other the library keeps none where a redirect leads.
      headers: { ...Object.fromEntries(headers as Headers), ...plain },
      ...(typeof body === 'string' && { body }),
      ...(signal && { signal }),
    });
    return new WholeAnswer(url, await asked.catch(throwSaidWhetherSent));
  };
  // Only as much of a Response as the library reads of one that is not streamed.
  return ask as unknown as typeof fetch;
};

/** No connection came about: nothing of the request left this machine, so that nothing of it can be paid. */
export class NotSent extends Error {}

const throwSaidWhetherSent = (error: unknown): never => {
  if (!isOfConnecting(error)) throw error;
  throw new NotSent(`no connection (${(error as { code?: unknown }).code})`, { cause: error });
};

/** By the call that failed: connect(2) or getaddrinfo(3); or connecting took too long. */
const isOfConnecting = (error: unknown): boolean => {
  const { syscall, code, errors } = error as { syscall?: unknown; code?: unknown; errors?: unknown };
  // Of a name with several addresses each is tried.
  if (Array.isArray(errors)) return errors.length > 0 && errors.every(isOfConnecting);
  return syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT';
};

/** Without this header any coding may be sent (RFC 9110, 12.5.3); some gateways compress all the same. */
const plain = { 'accept-encoding': 'identity' };

const decoders: Record<string, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: promisify<Buffer, Buffer>(gunzip),
  'x-gzip': promisify<Buffer, Buffer>(gunzip),
  deflate: promisify<Buffer, Buffer>(inflate),
  br: promisify<Buffer, Buffer>(brotliDecompress),
};

type Answer = Dispatcher.ResponseData;

class WholeAnswer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;

  constructor(
    readonly url: string,
    private readonly answer: Answer,
  ) {
    // A connection that breaks before anyone reads would be an error that nobody handles.
    answer.body.on('error', () => undefined);
    this.status = answer.statusCode;
    this.ok = answer.statusCode >= 200 && answer.statusCode < 300;
    this.headers = new Headers(pairsOf(answer.headers));
  }

  /** @throws TypeError `terminated` when the body breaks off, as the standard's does. */
  async text(): Promise<string> {
    const codings = (this.headers.get('content-encoding') ?? '').toLowerCase().split(/\s*,\s*/);
    // One that no decoder is known for is mostly no coding at all, such as `utf-8`.
    const known = codings.flatMap((coding) => decoders[coding] ?? []);
    if (known.length === 0) return await whole(this.answer.body.text());
    let bytes: Buffer = Buffer.from(await whole(this.answer.body.arrayBuffer()));
    for (const decode of known.reverse()) bytes = await decode(bytes);
    return bytes.toString('utf8');
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

const whole = async <Body>(body: Promise<Body>): Promise<Body> => {
  try {
    return await body;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw new TypeError(`terminated: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
};

/** A header is bytes (Fetch standard, 2.2.2): what undici read as UTF-8 is given byte by byte. */
const pairsOf = (headers: Answer['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, Buffer.from(one, 'utf8').toString('latin1')]),
  );
