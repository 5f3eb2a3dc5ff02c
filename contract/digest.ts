import { z } from 'zod';

/** A SHA-256 over exact bytes, written `sha256:` and 64 lower-case hex digits. The name of every stored object. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hex digits');
export type Digest = z.infer<typeof digestSchema>;

/**
 * A stored JSON-lines object and how many rows it has: what histories carry in place of content. `root` is the Merkle
 * root (RFC 9162) over the rows' bytes, a leaf a line without its line break: one row is proved without the others.
 * Objects written before there were roots have none.
 */
export const rowsRefSchema = z.object({
  digest: digestSchema,
  rows: z.int().nonnegative(),
  root: digestSchema.optional(),
});
export type RowsRef = z.infer<typeof rowsRefSchema>;
