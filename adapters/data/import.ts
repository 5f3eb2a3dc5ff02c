import { InputError } from '../../contract/failures.js';
import type { Task } from '../../contract/task.js';
import type { Importer, ImportSource } from './importers/importer.js';

/** A row that is well formed but can't be used, and why. */
export interface Refusal {
  /** `file:line`. */
  place: string;
  id: string;
  reason: string;
}

/**
 * The tasks of a format as they stream in; refused rows are told, and left out.
 * @throws InputError for a malformed row, and for an id that an earlier row has.
 */
export async function* importTasks(
  importer: Importer,
  source: ImportSource,
  onRefusal: (refusal: Refusal) => void,
): AsyncGenerator<Task> {
  const places = new Map<string, string>();
  for await (const item of importer(source)) {
    const earlier = places.get(item.id);
    if (earlier) throw new InputError(`${item.place}: id ${JSON.stringify(item.id)} is already that of ${earlier}`);
    places.set(item.id, item.place);
    if ('task' in item) yield item.task;
    else onRefusal(item);
  }
}
