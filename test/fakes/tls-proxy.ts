import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { generate } from 'selfsigned';

export interface Certificates {
  authority: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
}

/** An authority of its own, and a certificate each for the server at 127.0.0.1 and for its clients. */
export const makeCertificates = async (): Promise<Certificates> => {
  const common = { keyType: 'ec', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'nextune test authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  });
  const signed = async (name: string) => {
    const made = await generate([{ name: 'commonName', value: name }], {
      ...common,
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'localhost' },
          ],
        },
      ],
    });
    return { cert: made.cert, key: made.private };
  };
  return { authority: authority.cert, server: await signed('localhost'), client: await signed('nextune') };
};

/** TLS in front of a server without it, which serves only clients that the authority signed. */
export const startTlsProxy = async (
  certificates: Certificates,
  to: { port: number },
): Promise<{ address: string; refused: () => number; close: () => Promise<void> }> => {
  let refused = 0;
  const server: Server = createServer(
    {
      ...certificates.server,
      ca: certificates.authority,
      requestCert: true,
      rejectUnauthorized: true,
      // gRPC asks for HTTP/2 by ALPN (RFC 7301).
      ALPNProtocols: ['h2'],
    },
    (client) => {
      const upstream = connectTcp(to.port, '127.0.0.1');
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    },
  );
  server.on('tlsClientError', () => {
    refused += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    address: `127.0.0.1:${port}`,
    refused: () => refused,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
};
