import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type CampaignConfig, campaignConfigSchema } from '../../contract/config.js';
import { InputError } from '../../contract/failures.js';
import { configJsonSchema, type KeyPath } from './allowed.js';
import { dotted, explainIssues } from './issues.js';
import { secretIssues } from './secrets.js';

export interface LoadedConfig {
  config: CampaignConfig;
  /** Absolute folder of the file: relative paths in it are relative to this. */
  dir: string;
}

interface Written {
  document: Document;
  text: string;
  lines: LineCounter;
}

const nodeAt = (document: Document, path: KeyPath): Node | undefined =>
  (path.length === 0 ? document.contents : (document.getIn(path, true) as Node | null | undefined)) ?? undefined;

const keyNodeAt = (document: Document, path: KeyPath): Node | undefined => {
  const parent = nodeAt(document, path.slice(0, -1));
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)));
  return pair?.key as Node | undefined;
};

/** Where a complaint points: the key or value at fault, or for one that is missing the nearest mapping that lacks it. */
const offsetOf = ({ document }: Written, path: KeyPath, onKey: boolean): number => {
  const node = onKey ? keyNodeAt(document, path) : nodeAt(document, path);
  if (node?.range) return node.range[0];
  for (let depth = path.length - 1; depth > 0; depth--) {
    const parent = keyNodeAt(document, path.slice(0, depth));
    if (parent?.range) return parent.range[0];
  }
  return nodeAt(document, [])?.range?.[0] ?? 0;
};

const shownLength = 60;
const sourceOf = ({ document, text }: Written, path: KeyPath): string => {
  const range = nodeAt(document, path)?.range;
  const source = range ? text.slice(range[0], range[1]).trim().replace(/\s+/g, ' ') : '';
  return source.length > shownLength ? `${source.slice(0, shownLength)}…` : source || 'an empty value';
};

const refuse = (file: string, found: { offset: number; message: string }[], lines: LineCounter): InputError => {
  const ordered = [...found].sort((a, b) => a.offset - b.offset);
  const messages = ordered.map(({ offset, message }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${message}`;
  });
  return new InputError(messages.join('\n'));
};

/**
 * Checks the text of a nextune.yaml; `file` is how messages name it.
 * @throws InputError with a line `file:line:column: key: what is wrong; what is allowed` for everything found.
 */
export const parseConfig = (text: string, file: string): CampaignConfig => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const found = document.errors.map(({ pos, message }) => ({
      offset: pos[0],
      message: `not valid YAML: ${message}`,
    }));
    throw refuse(file, found, lines);
  }
  const written = { document, text, lines };
  const value: unknown = document.toJS();
  const parsed = campaignConfigSchema.safeParse(value);
  const issues = parsed.success
    ? secretIssues(parsed.data)
    : explainIssues({
        issues: parsed.error.issues,
        schema: configJsonSchema(),
        written: value,
        sourceOf: (path) => sourceOf(written, path),
      });
  if (parsed.success && issues.length === 0) return parsed.data;
  const found = issues.map(({ path, onKey, message }) => ({
    offset: offsetOf(written, path, onKey),
    message: path.length > 0 ? `${dotted(path)}: ${message}` : message,
  }));
  throw refuse(file, found, lines);
};

/** Reads and checks a campaign's configuration. @throws InputError when the file is missing, unreadable or wrong. */
export const loadConfig = async (path: string): Promise<LoadedConfig> => {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file (nextune init writes one)' : cause.message;
    throw new InputError(`${path}: ${reason}`, { cause });
  });
  return { config: parseConfig(text, path), dir: dirname(resolve(path)) };
};
