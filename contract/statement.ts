import { z } from 'zod';
import { manifestSchema } from './manifest.js';

/** DSSE payload type of an in-toto statement (github.com/in-toto/attestation, spec v1). */
export const statementPayloadType = 'application/vnd.in-toto+json';
export const statementType = 'https://in-toto.io/Statement/v1';
/** What the predicate means; docs/attestation.md describes it. A name, not an address: it is looked up nowhere. */
export const manifestPredicateType = 'urn:nextune:manifest:v2';

/** An in-toto statement whose predicate is a round's manifest. The subjects are what the round brought. */
export const statementSchema = z.strictObject({
  _type: z.literal(statementType),
  subject: z
    .array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }) }))
    .min(1),
  predicateType: z.literal(manifestPredicateType),
  predicate: manifestSchema,
});
export type Statement = z.infer<typeof statementSchema>;
