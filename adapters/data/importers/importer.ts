import type { Task } from '../../../contract/task.js';
import type { SandboxVerifier } from '../../sandbox/verifier.js';
import type { ProgramReader } from '../program-reader.js';

/** One row of a foreign format: the task it gives, or why it gives none. `place` is `file:line`. */
export type Item = { place: string; id: string } & ({ task: Task } | { reason: string });

export interface ImportSource {
  /** Files as a person named them; of `quixbugs` folders. */
  paths: readonly string[];
  reader: ProgramReader;
  /** For formats whose tests come from what their references answer, or whose bugs have to be seen to fail. */
  openSandbox: () => Promise<SandboxVerifier>;
  /** HumanEvalPlus's file, which `humanevalpack` joins. */
  plus?: string;
}

/**
 * Reads a format row by row, so that a file of any size streams. A sound row whose program can't be used is an item
 * with its reason; a malformed one throws InputError (`file:line: reason`), and nothing is written then.
 */
export type Importer = (source: ImportSource) => AsyncIterable<Item>;
