import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** Stands before an HTTP service and passes requests on, until it is told after how many it goes out of reach. */
export interface FailingProxy {
  endpoint: string;
  /** Requests passed on since it was last told. */
  passed(): number;
  failAfter(requests: number): void;
  close(): Promise<void>;
}

export const startFailingProxy = async (to: string): Promise<FailingProxy> => {
  let passed = 0;
  let most = Number.POSITIVE_INFINITY;
  const server = createServer((asked, answer) => {
    if (passed >= most) return void asked.destroy();
    passed++;
    // The host stays the one that the request was signed for.
    const { method, headers, url } = asked;
    const onward = request(new URL(url ?? '/', to), { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    passed: () => passed,
    failAfter(requests) {
      passed = 0;
      most = requests;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
