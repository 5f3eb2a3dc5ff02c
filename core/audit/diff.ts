/** One value that differs between two campaigns; absent on the side that has none. */
export interface Change {
  what: string;
  a?: string;
  b?: string;
}

type Values = ReadonlyMap<string, string>;

/** A value's leaves by their path (`sampling.temperature`), as text. Lists of plain values are one leaf. */
export const leavesOf = (value: unknown, path = ''): Map<string, string> => {
  const isPlain = (one: unknown): boolean => typeof one !== 'object' || one === null;
  if (isPlain(value) || (Array.isArray(value) && value.every(isPlain)))
    return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
  const within = ([key, inner]: [string, unknown]) => [...leavesOf(inner, path === '' ? key : `${path}.${key}`)];
  return new Map(Object.entries(value as object).flatMap(within));
};

/** What differs, in the order of A and then of what only B has. */
export const changesBetween = (a: Values, b: Values): Change[] => {
  const names = [...new Set([...a.keys(), ...b.keys()])];
  return names.flatMap((what) => {
    const [one, other] = [a.get(what), b.get(what)];
    if (one === other) return [];
    return [{ what, ...(one !== undefined && { a: one }), ...(other !== undefined && { b: other }) }];
  });
};

/** Versions of a `package-lock.json` (version 2 and later), by folder. */
export const packagesOfLock = (lock: string): Map<string, string> => {
  const { packages = {} } = JSON.parse(lock) as { packages?: Record<string, { version?: string }> };
  return new Map(
    Object.entries(packages).flatMap(([folder, { version }]) =>
      folder === '' || version === undefined ? [] : [[`npm ${folder.replace(/^node_modules\//, '')}`, version]],
    ),
  );
};

/** Versions pinned by requirements files (pip's `name==version`), given as JSON: text by file name. */
export const packagesOfRequirements = (files: string): Map<string, string> => {
  const pinned = new Map<string, string>();
  for (const [file, text] of Object.entries(JSON.parse(files) as Record<string, unknown>)) {
    for (const [, name, version] of String(text).matchAll(/^([\w.-]+)==([^\s;\\]+)/gm))
      pinned.set(`python ${name} (${file})`, version ?? '');
  }
  return pinned;
};

interface Row {
  id: string;
}

/** How two lists of tasks differ: ids that one side alone has, and ids that both have with other content. */
export interface RowChanges {
  onlyA: string[];
  onlyB: string[];
  changed: string[];
}

/** Compares by id. `textOf` is what makes a row's content: canonical JSON. */
export const rowChanges = <One extends Row>(
  a: readonly One[],
  b: readonly One[],
  textOf: (row: One) => string,
): RowChanges => {
  const byId = (rows: readonly One[]): Values => new Map(rows.map((row) => [row.id, textOf(row)]));
  const [inA, inB] = [byId(a), byId(b)];
  const missingFrom = (other: Values, rows: Values): string[] => [...rows.keys()].filter((id) => !other.has(id));
  return {
    onlyA: missingFrom(inB, inA),
    onlyB: missingFrom(inA, inB),
    changed: [...inA].flatMap(([id, text]) => (inB.has(id) && inB.get(id) !== text ? [id] : [])),
  };
};
