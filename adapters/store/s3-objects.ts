import { setTimeout as delay } from 'node:timers/promises';
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Location } from '../../contract/config.js';
import { NextuneFailure } from '../../contract/failures.js';

/** Named objects of a bucket. Keys and secrets come from where the AWS SDK looks: environment, profile, instance role. */
export interface S3Objects {
  read(name: string): Promise<Buffer | undefined>;
  has(name: string): Promise<boolean>;
  /** False, and nothing changed, where the name is taken: of many writers at a time one wins. */
  writeOnce(name: string, bytes: Uint8Array | string): Promise<boolean>;
  remove(name: string): Promise<void>;
  /** Names that begin so, in order. */
  list(prefix: string): Promise<string[]>;
  /** How a message names an object's place. */
  place(name: string): string;
}

type Sdk = typeof import('@aws-sdk/client-s3');
type Ask<Result> = (client: S3Client, sdk: Sdk) => Promise<Result>;

/** Opens the location: on first use, for the SDK is large and most campaigns keep a folder. */
export const openS3Objects = ({ bucket: Bucket, prefix, endpoint, region }: S3Location): S3Objects => {
  let opening: Promise<{ sdk: Sdk; client: S3Client }> | undefined;
  const open = async () => {
    // Its notice that a later version needs a later Node is for us, not for whoever runs a campaign.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const sdk = await import('@aws-sdk/client-s3');
    const own = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
    return { sdk, client: new sdk.S3Client({ region, ...own }) };
  };
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const place = (name: string): string => `s3://${Bucket}/${keyOf(name)}`;
  /** Undefined on the expected status; any other failure is the service's. */
  const ask = async <Result>(name: string, expected: number, body: Ask<Result>): Promise<Result | undefined> => {
    try {
      opening ??= open();
      const { sdk, client } = await opening;
      return await body(client, sdk);
    } catch (error) {
      if (statusOf(error) === expected && !isBucketGone(error)) return undefined;
      throw unavailable(place(name), error);
    }
  };
  const at = (name: string) => ({ Bucket, Key: keyOf(name) });
  return {
    place,
    read: (name) =>
      ask(name, 404, async (client, sdk) => {
        const { Body } = await client.send(new sdk.GetObjectCommand(at(name)));
        return Buffer.from((await Body?.transformToByteArray()) ?? []);
      }),
    has: async (name) =>
      (await ask(name, 404, (client, sdk) => client.send(new sdk.HeadObjectCommand(at(name))))) !== undefined,
    async writeOnce(name, Body) {
      const put = await ask(name, 412, (client, sdk) =>
        unlessConflict(() => client.send(new sdk.PutObjectCommand({ ...at(name), Body, IfNoneMatch: '*' }))),
      );
      return put !== undefined;
    },
    async remove(name) {
      await ask(name, 404, (client, sdk) => client.send(new sdk.DeleteObjectCommand(at(name))));
    },
    list: async (begin) =>
      (await ask(begin, 404, async (client, sdk) => {
        const names: string[] = [];
        const pages = sdk.paginateListObjectsV2({ client }, { Bucket, Prefix: keyOf(begin) });
        for await (const { Contents } of pages)
          for (const { Key } of Contents ?? []) if (Key) names.push(Key.slice(keyOf('').length));
        return names.sort();
      })) ?? [],
  };
};

const conflictTries = 8;

/** Two conditional puts at the same moment: the service may refuse both with 409, and asks to send it again. */
const unlessConflict = async <Result>(put: () => Promise<Result>): Promise<Result> => {
  for (let tries = 1; ; tries++) {
    try {
      return await put();
    } catch (error) {
      if (statusOf(error) !== 409 || tries === conflictTries) throw error;
      await delay(20 * tries);
    }
  }
};

const statusOf = (error: unknown): number | undefined =>
  (error as Partial<S3ServiceException> | undefined)?.$metadata?.httpStatusCode;

/** Also a 404; an answer to HEAD has no body to tell it from an object that is not there. */
const isBucketGone = (error: unknown): boolean => (error as Error).name === 'NoSuchBucket';

const unavailable = (place: string, cause: unknown): NextuneFailure => {
  const said = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new NextuneFailure(
    'storeUnavailable',
    `${place} can't be reached (${said}): is the service up, does the bucket exist, and do the credentials allow it?`,
    { cause },
  );
};
