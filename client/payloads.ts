import type { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';

/** A value as the server keeps it, read back: it comes raw, and encrypted where a payload codec is in use. */
export const decoded = async <Value>(
  client: Client,
  payload: Payload | null | undefined,
): Promise<Value | undefined> => {
  let payloads = payload ? [payload] : [];
  for (const codec of [...client.options.loadedDataConverter.payloadCodecs].reverse())
    payloads = await codec.decode(payloads);
  return payloads[0] && defaultPayloadConverter.fromPayload<Value>(payloads[0]);
};

/** What the codec says where it lacks the key, and the converter where there is no codec. */
export const isEncrypted = (error: string): boolean => /binary\/encrypted|payload encrypted with key/.test(error);

export const encryptedMessage =
  'what goes through Temporal is encrypted here: set NEXTUNE_PAYLOAD_KEY_FILE or NEXTUNE_PAYLOAD_KEY_COMMAND as for the worker';
