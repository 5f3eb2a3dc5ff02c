import { placeOf, readTaskRows } from '../rows.js';
import type { Importer } from './importer.js';

/** Our own format, problems and repair tasks alike: taken as they are. */
export const importJsonLines: Importer = async function* ({ paths, reader }) {
  for await (const row of readTaskRows(paths)) {
    const read = await reader.check(row.value);
    const at = { place: placeOf(row), id: row.value.id };
    yield read.ok ? { ...at, task: row.value } : { ...at, reason: read.reason };
  }
};
