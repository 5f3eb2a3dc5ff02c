import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** Stands before an HTTP service and passes requests on, but for those of one address, which it gives no answer. */
export interface FailingProxy {
  endpoint: string;
  /** Addresses asked for so far, each once. */
  seen: Set<string>;
  /** Undefined passes all on. */
  failing: string | undefined;
  close(): Promise<void>;
}

export const startFailingProxy = async (to: string): Promise<FailingProxy> => {
  const server = createServer((asked, answer) => {
    const { method, headers, url = '/' } = asked;
    proxy.seen.add(url);
    if (url === proxy.failing) return void asked.destroy();
    // The host stays the one that the request was signed for.
    const onward = request(new URL(url, to), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const proxy: FailingProxy = {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    seen: new Set(),
    failing: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
};
