import type { z } from 'zod';
import { describe, type JsonSchema, type KeyPath, keysAt, placesOf, schemasAt } from './allowed.js';
import { nearestWord } from './nearest.js';

type Issue = z.core.$ZodIssue;

/** One thing wrong with a configuration: where (`onKey` when the key itself is at fault), and the sentence about it. */
export interface ConfigIssue {
  path: (string | number)[];
  onKey: boolean;
  message: string;
}

export const dotted = (path: KeyPath): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('');

/** A union's complaint becomes that of the one branch whose kind of value was written, when there is one. */
const flatten = (issue: Issue): Issue[] => {
  if (issue.code !== 'invalid_union') return [issue];
  const near = issue.errors.filter((branch) => branch.every(({ path }) => path.length > 0));
  if (near.length !== 1) return [issue];
  return (near[0] ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue).flatMap(flatten);
};

const unknownKey = (root: JsonSchema, written: unknown, path: KeyPath, key: string): string => {
  const allowed = keysAt(root, written, path);
  const meant = nearestWord(key, allowed);
  const elsewhere = placesOf(root, key);
  const hint = meant
    ? ` Did you mean "${meant}"?`
    : elsewhere.length > 0
      ? ` It belongs at ${[...new Set(elsewhere)].join(' or ')}.`
      : '';
  return `unknown key.${hint} Allowed${path.length > 0 ? ` under ${dotted(path)}` : ''}: ${allowed.join(', ')}`;
};

/** Patterns and our own rules explain themselves; of the rest the schema says what may stand there. */
const wrongValue = (issue: Issue, schemas: readonly JsonSchema[], value: unknown, source: string): string => {
  const given = value === undefined ? 'missing' : `${source} is not allowed`;
  if (issue.code === 'custom') return issue.message;
  if (issue.code === 'invalid_format')
    return `${given}; expected: ${issue.format === 'regex' ? issue.message : describe(schemas)}`;
  const quoted =
    schemas.some(({ type }) => type === 'string') && (typeof value === 'number' || typeof value === 'boolean');
  return `${given}; expected: ${describe(schemas)}${quoted ? `, in quotes: "${source}"` : ''}`;
};

const valueAt = (written: unknown, path: KeyPath): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], written);

/** Zod's issues about a written configuration, in words a person can act on. `sourceOf` gives the text as it was typed. */
export const explainIssues = (given: {
  issues: readonly Issue[];
  schema: JsonSchema;
  written: unknown;
  sourceOf: (path: KeyPath) => string;
}): ConfigIssue[] =>
  given.issues.flatMap(flatten).flatMap((issue): ConfigIssue[] => {
    const path = issue.path as (string | number)[];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        onKey: true,
        message: unknownKey(given.schema, given.written, path, key),
      }));
    }
    const schemas = schemasAt(given.schema, given.written, path);
    const message = wrongValue(issue, schemas, valueAt(given.written, path), given.sourceOf(path));
    return [{ path, onKey: false, message }];
  });
