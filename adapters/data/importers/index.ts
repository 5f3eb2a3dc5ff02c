import { importEvalPlus } from './evalplus.js';
import { importHumanEval } from './humaneval.js';
import { importHumanEvalPack } from './humanevalpack.js';
import type { Importer } from './importer.js';
import { importJsonLines } from './jsonl.js';
import { importMbpp } from './mbpp.js';
import { importQuixBugs } from './quixbugs.js';

/** The formats that `nextune data import` takes, by name. */
export const importers = {
  mbpp: importMbpp,
  mbppplus: importEvalPlus('mbpp'),
  humaneval: importHumanEval,
  humanevalplus: importEvalPlus('humaneval'),
  humanevalpack: importHumanEvalPack,
  quixbugs: importQuixBugs,
  jsonl: importJsonLines,
} as const satisfies Record<string, Importer>;
export type ImportFormat = keyof typeof importers;
export const isImportFormat = (name: string): name is ImportFormat => Object.hasOwn(importers, name);

/** Sets of bugs whose tests are all of one kind: which are shown is decided by what each bug fails. */
export const formatsOfBugs: ReadonlySet<ImportFormat> = new Set(['quixbugs']);
