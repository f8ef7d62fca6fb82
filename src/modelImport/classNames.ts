/** The names of a model's classes, where its file or a file beside it tells them. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';

/** Names in the order of the scores, and where they were found. */
export interface FoundNames {
  readonly names: readonly string[];
  /** `metadata`, or the name of a file. */
  readonly from: string;
}

/** Where nothing could be taken: why, for people. */
export type NamesOf = { readonly found: FoundNames } | { readonly why: string | undefined };

/** Entries of metadata_props that exporters write names under, in lower case. */
const METADATA_KEYS = new Set(['names', 'classes', 'class_names', 'classnames', 'labels', 'id2label', 'idx2label', 'class_indices', 'class_to_idx']);
/** Fields of JSON files; a file may also be such a list or map itself. */
const JSON_KEYS = ['class_indices', 'class_to_idx', 'label2id', 'idx2label', 'idx_to_class', 'id2label', 'class_names', 'classes', 'labels', 'names'];
/** Larger files hold something else. */
const LARGEST_FILE = 1 << 20;

/**
 * Names that fit the number of scores, from the file's own metadata first, else from files beside it (labels.txt, classes.txt, class_indices.json,
 * config.json, ...), those named after the model first.
 * @param metadata `metadata_props` of the model
 * @returns none where several files name other classes: whose are right cannot be told
 */
export async function findClassNames(onnxPath: string, metadata: Readonly<Record<string, string>>, count: number): Promise<NamesOf> {
  for (const [key, value] of Object.entries(metadata)) {
    const names = METADATA_KEYS.has(key.toLowerCase()) ? (namesOfJson(parsed(value)) ?? (value.includes(',') ? clean(value.split(',')) : undefined)) : undefined;
    if (names?.length === count) return { found: { names, from: 'metadata' } };
  }
  const candidates = await besides(onnxPath);
  const read = await Promise.all(candidates.map(async (name): Promise<FoundNames | undefined> => {
    const names = await namesIn(path.join(path.dirname(onnxPath), name)).catch(() => undefined);
    return names && { names, from: name };
  }));
  const all = read.filter((one) => one !== undefined);
  const fitting = all.filter(({ names }) => names.length === count);
  const stem = path.basename(onnxPath, path.extname(onnxPath)).toLowerCase();
  const own = fitting.filter(({ from }) => from.toLowerCase().startsWith(`${stem}.`) || from.toLowerCase().startsWith(`${stem}_`) || from.toLowerCase().startsWith(`${stem}-`));
  const chosen = own.length > 0 ? own : fitting;
  const [first] = chosen;
  if (!first) return { why: all.length > 0 ? all.map(({ from, names }) => `${from} names ${names.length} classes, the model scores ${count}`).join('; ') : undefined };
  const other = chosen.find(({ names }) => names.join('\n') !== first.names.join('\n'));
  return other ? { why: `${first.from} and ${other.from} name different classes` } : { found: first };
}

/**
 * The names that a file lists: one a line, or JSON.
 * @throws SmearLensError `input-invalid` where it cannot be read or lists none
 */
export async function readClassNames(file: string): Promise<readonly string[]> {
  const names = await namesIn(file).catch((error: Error) => {
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${error.message}).`, 'Check the path.');
  });
  if (names) return names;
  throw new SmearLensError('input-invalid', `${file}: lists no class names.`, 'Give a text file with a name a line in the order of the scores, or JSON: a list, {"0": "name"} or {"name": 0}.');
}

async function namesIn(file: string): Promise<readonly string[] | undefined> {
  const text = (await fs.readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  if (file.toLowerCase().endsWith('.json')) return namesOfJson(parsed(text));
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '');
  // '0 Benign': some tools number the lines.
  const isNumbered = lines.length > 1 && lines.every((line, i) => new RegExp(`^${i}[\\s:,]+\\S`).test(line));
  return clean(isNumbered ? lines.map((line) => line.replace(/^\d+[\s:,]+/, '')) : lines);
}

/** Names of files that may list classes: texts called so, and JSON. A model's own manifest is none of them. */
async function besides(onnxPath: string): Promise<string[]> {
  const folder = path.dirname(onnxPath);
  const found: string[] = [];
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'model.json' || entry.name.startsWith('.')) continue;
    const isText = /(^|[._-])(labels?|class(es)?|class[_-]?names|synset)\.(txt|names)$|\.names$/i.test(entry.name);
    if (!isText && !/\.json$/i.test(entry.name)) continue;
    if ((await fs.stat(path.join(folder, entry.name))).size <= LARGEST_FILE) found.push(entry.name);
  }
  return found.sort();
}

/** JSON, or a dictionary as Python prints it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return pythonDictionary(text);
  }
}

/** `{0: 'Benign', 1: "Early"}` and `['Benign', 'Early']`. */
function pythonDictionary(text: string): unknown {
  const quoted = `'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)"`;
  const entry = new RegExp(`\\s*(?:(\\d+)\\s*:\\s*)?(?:${quoted})\\s*(?:,|$)`, 'y');
  const [, open, body, close] = /^\s*([{[])([\s\S]*)([}\]])\s*$/.exec(text) ?? [];
  if (body === undefined || `${open}${close}` !== (open === '{' ? '{}' : '[]')) return undefined;
  const found: [string, string][] = [];
  for (entry.lastIndex = 0; entry.lastIndex < body.length; ) {
    const match = entry.exec(body);
    if (!match) return undefined;
    found.push([match[1] ?? String(found.length), (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1')]);
  }
  return Object.fromEntries(found);
}

/** A list of names; a map of places to names (or to [id, name], as ImageNet's); a map of names to places; or an object with one of these. */
function namesOfJson(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return value.every((v) => typeof v === 'string') ? clean(value) : undefined;
  const map = value as Readonly<Record<string, unknown>>;
  const inner = JSON_KEYS.find((key) => typeof map[key] === 'object');
  if (inner !== undefined) return namesOfJson(map[inner]);
  const entries = Object.entries(map);
  const byPlace = entries.map(([key, v]): [number, unknown] => (/^\d+$/.test(key) ? [Number(key), Array.isArray(v) ? v[v.length - 1] : v] : [Number(v), key]));
  const names = byPlace.sort(([a], [b]) => a - b);
  const isWhole = names.length > 0 && names.every(([place, name], i) => place === i && typeof name === 'string');
  return isWhole ? clean(names.map(([, name]) => String(name))) : undefined;
}

/** Undefined where they cannot be names of classes: empty or twice the same. */
function clean(names: readonly string[]): readonly string[] | undefined {
  const trimmed = names.map((name) => name.trim());
  return trimmed.every((name) => name !== '') && new Set(trimmed).size === trimmed.length ? trimmed : undefined;
}
