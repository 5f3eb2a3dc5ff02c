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
