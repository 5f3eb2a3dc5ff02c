import type { Importer } from './importer.js';
import { importJsonLines } from './jsonl.js';
import { importMbpp } from './mbpp.js';

/** The formats that `nextune data import` takes, by name. */
export const importers = { mbpp: importMbpp, jsonl: importJsonLines } as const satisfies Record<string, Importer>;
export type ImportFormat = keyof typeof importers;
export const isImportFormat = (name: string): name is ImportFormat => Object.hasOwn(importers, name);
