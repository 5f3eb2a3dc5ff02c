import { z } from 'zod';

/** A DSSE envelope (github.com/secure-systems-lab/dsse): a payload of a named type, signed over its exact bytes. */
export const envelopeSchema = z.object({
  payload: z.base64(),
  payloadType: z.string(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.base64() })).min(1),
});
export type Envelope = z.infer<typeof envelopeSchema>;
