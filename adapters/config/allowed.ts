import { z } from 'zod';
import { campaignConfigSchema } from '../../contract/config.js';

/** The parts of a JSON schema (2020-12) that zod writes for our configuration and this folder reads. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  format?: string;
  [key: string]: unknown;
}
export type KeyPath = readonly (string | number)[];

/** The schema of nextune.yaml as its writer sees it: keys with a default are optional. */
export const configJsonSchema = (): JsonSchema => z.toJSONSchema(campaignConfigSchema, { io: 'input' }) as JsonSchema;

export const branchesOf = (schema: JsonSchema): JsonSchema[] => schema.anyOf ?? schema.oneOf ?? [schema];

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The branches of a union that fit what is written: those whose constant keys (`kind`) agree, else all of them. */
const fittingBranches = (schema: JsonSchema, value: unknown): JsonSchema[] => {
  const objects = branchesOf(schema).filter((branch) => branch.properties);
  if (!isMapping(value)) return objects;
  const agreeing = objects.filter((branch) =>
    Object.entries(branch.properties ?? {}).every(
      ([key, { const: fixed }]) => fixed === undefined || value[key] === fixed,
    ),
  );
  return agreeing.length > 0 ? agreeing : objects;
};

/** What the schema says about the value at `path` of a written configuration; several where a union leaves it open. */
export const schemasAt = (root: JsonSchema, written: unknown, path: KeyPath): JsonSchema[] => {
  let schemas = [root];
  let value = written;
  for (const key of path) {
    schemas = schemas.flatMap((schema) =>
      typeof key === 'number'
        ? branchesOf(schema).flatMap(({ items }) => (items ? [items] : []))
        : fittingBranches(schema, value).flatMap(({ properties }) => (properties?.[key] ? [properties[key]] : [])),
    );
    value = isMapping(value) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined;
  }
  return schemas;
};

export const keysAt = (root: JsonSchema, written: unknown, path: KeyPath): string[] => {
  let value = written;
  for (const key of path) value = (value as Record<string, unknown> | undefined)?.[key];
  const branches = schemasAt(root, written, path).flatMap((schema) => fittingBranches(schema, value));
  return [...new Set(branches.flatMap(({ properties }) => Object.keys(properties ?? {})))];
};

/** Every place a key of this name may stand, as dotted paths. */
export const placesOf = (root: JsonSchema, key: string, prefix: readonly string[] = []): string[] =>
  branchesOf(root).flatMap(({ properties }) =>
    Object.entries(properties ?? {}).flatMap(([name, child]) => [
      ...(name === key ? [[...prefix, name].join('.')] : []),
      ...placesOf(child, key, [...prefix, name]),
    ]),
  );

const describeRange = (schema: JsonSchema): string => {
  const noun = schema.type === 'integer' ? 'a whole number' : 'a number';
  const low = schema.minimum ?? schema.exclusiveMinimum;
  const high = schema.maximum ?? schema.exclusiveMaximum;
  const bounds = [
    ...(low !== undefined && low > Number.MIN_SAFE_INTEGER
      ? [schema.minimum === undefined ? `above ${low}` : `from ${low}`]
      : []),
    ...(high !== undefined && high < Number.MAX_SAFE_INTEGER
      ? [schema.maximum === undefined ? `below ${high}` : `up to ${high}`]
      : []),
  ];
  return [noun, ...bounds].join(' ');
};

const describeOne = (schema: JsonSchema): string => {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.type === 'integer' || schema.type === 'number') return describeRange(schema);
  if (schema.type === 'array') return `a list of values, each ${describe([schema.items ?? {}])}`;
  if (schema.properties) return `a mapping with ${Object.keys(schema.properties).join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.format === 'uri') return 'a URL such as http://127.0.0.1:8000/v1';
  return 'a text';
};

/** What may stand at a place, in words: ranges, choices, keys. */
export const describe = (schemas: readonly JsonSchema[]): string =>
  [...new Set(schemas.flatMap(branchesOf).map(describeOne))].join(', or ');
