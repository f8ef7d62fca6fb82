/** Predictions as a table: a row an image, a column `p:<class>` for each class. */
import { createReadStream, createWriteStream } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { SmearLensError } from '../errors';
import { likeliest } from './metrics/likeliest';
import { byPath } from './order';
import type { GroupSource, Prediction, PredictionSet } from './types';

const SUM_TOLERANCE = 1e-3;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_A_NUMBER = /^(nan)?$/i;

/** Where each column is; -1 where an optional one is missing. */
interface Columns {
  readonly path: number;
  readonly label: number;
  readonly sha256: number;
  readonly group: number;
  readonly groupSource: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
  readonly classes: readonly string[];
}

/**
 * Reads a table of predictions (UTF-8, with or without a byte order mark, commas, either kind of line ends). Columns: path, label, `p:<class>` for each class
 * in order; optional sha256, group and groupSource (`given` where it is missing); others are ignored, `predicted` too: the likeliest class follows from the
 * probabilities. 'NaN' and an empty probability are NaN. Rows come sorted by path.
 * @throws SmearLensError `input-invalid`, with file and line, of a missing column, an unknown label, what is no probability, a sum that is off 1 by more than
 *   1e-3, a path twice
 */
export async function readPredictions(file: string): Promise<PredictionSet> {
  const parser = parse({ bom: true, info: true, skip_empty_lines: true, relax_column_count: true });
  const lines = new Map<string, number>();
  const sources = new Set<GroupSource>();
  const rows: Prediction[] = [];
  let columns: Columns | undefined;
  const source = createReadStream(file);
  source.on('error', (error) => parser.destroy(error));
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (!columns) {
        columns = columnsOf(record, file);
        continue;
      }
      const fail = (what: string, hint: string): never => invalid(`${file}, line ${info.lines}: ${what}`, hint);
      const { row, groupSource } = rowOf(record, columns, fail);
      const before = lines.get(row.path);
      if (before !== undefined) fail(`'${row.path}' stands in line ${before} already.`, 'Keep one row for each image.');
      lines.set(row.path, info.lines);
      if (groupSource !== 'none') sources.add(groupSource);
      rows.push(row);
    }
  } catch (error) {
    if (error instanceof SmearLensError) throw error;
    invalid(`${file}: cannot be read as a table (${(error as Error).message}).`, 'Give a CSV file with comma-separated columns path, label and p:<class> for each class.');
  } finally {
    source.destroy();
  }
  if (!columns) invalid(`${file}: is empty.`, 'Give a CSV file with columns path, label and p:<class> for each class.');
  if (rows.length === 0) invalid(`${file}: has no rows below its header.`, 'Give at least one prediction.');
  return { classes: columns.classes.map((id) => ({ id, name: id })), rows: rows.sort(byPath), groupSource: sources.has('file-run') ? 'file-run' : sources.has('given') ? 'given' : 'none' };
}

function columnsOf(header: readonly string[], file: string): Columns {
  const names = header.map((name) => name.trim());
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i);
  if (twice !== undefined) invalid(`${file}, line 1: the column '${twice}' stands there twice.`, 'Give each column a name of its own.');
  const required = (name: string): number => {
    const at = names.indexOf(name);
    if (at < 0) invalid(`${file}, line 1: there is no column '${name}'.`, 'The first line names the columns, separated by commas: path, label and p:<class> for each class.');
    return at;
  };
  const [at, label] = [required('path'), required('label')];
  const probabilities = names.flatMap((name, i) => (name.startsWith('p:') ? [i] : []));
  if (probabilities.length === 0) invalid(`${file}, line 1: there is no column 'p:<class>'.`, 'Add one column of probabilities for each class of the model, such as p:Benign.');
  const classes = probabilities.map((i) => names[i].slice(2));
  if (classes.includes('')) invalid(`${file}, line 1: a column 'p:' names no class.`, "Write the class's id behind it, such as p:Benign.");
  return { path: at, label, sha256: names.indexOf('sha256'), group: names.indexOf('group'), groupSource: names.indexOf('groupSource'), probabilities, classes };
}

function rowOf(record: readonly string[], columns: Columns, fail: (what: string, hint: string) => never): { readonly row: Prediction; readonly groupSource: GroupSource } {
  const cell = (at: number): string => record[at]?.trim() ?? '';
  // A name may begin or end with a space.
  const imagePath = record[columns.path] ?? '';
  if (imagePath === '') fail('the path is empty.', 'Name the image in column path.');
  const name = cell(columns.label);
  const label = columns.classes.findIndex((c) => c.normalize('NFC') === name.normalize('NFC'));
  if (label < 0) fail(`the label '${name}' is no class of this table.`, `The p: columns name the classes: ${columns.classes.join(', ')}.`);
  const probabilities = columns.probabilities.map((at, c) => probabilityOf(cell(at), `p:${columns.classes[c]}`, fail));
  const sum = probabilities.reduce((a, b) => a + b, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) fail(`the probabilities sum to ${sum}, and not to 1.`, 'Give probabilities (after softmax) of all classes of the model.');
  const group = cell(columns.group);
  const groupSource = cell(columns.groupSource) || 'given';
  if (!isGroupSource(groupSource)) fail(`the groupSource '${groupSource}' is unknown.`, "It is 'given', 'file-run' or 'none'.");
  const grouped = group !== '' && groupSource !== 'none';
  return {
    row: { path: imagePath, sha256: cell(columns.sha256), label, predicted: likeliest(probabilities), probabilities, ...(grouped ? { group } : {}) },
    groupSource: grouped ? groupSource : 'none',
  };
}

function probabilityOf(text: string, column: string, fail: (what: string, hint: string) => never): number {
  if (NOT_A_NUMBER.test(text)) return NaN;
  const value = DECIMAL.test(text) ? Number(text) : fail(`'${text}' in column ${column} is no number.`, 'Write probabilities as decimal numbers, such as 0.25 or 2.5e-1.');
  if (value < -SUM_TOLERANCE || value > 1 + SUM_TOLERANCE) fail(`${text} in column ${column} is no probability.`, 'Give probabilities of 0 to 1 (after softmax), not logits or percentages.');
  return value;
}

function isGroupSource(text: string): text is GroupSource {
  return text === 'given' || text === 'file-run' || text === 'none';
}

function invalid(message: string, hint: string): never {
  throw new SmearLensError('input-invalid', message, hint);
}

/**
 * Writes a set sorted by path, probabilities with 17 significant digits, so that reading gives the same numbers. Equal sets give equal bytes. The file is
 * there whole or not at all.
 * @throws SmearLensError `output-unwritable`
 */
export function writePredictions(set: PredictionSet, file: string): Promise<void> {
  return writePredictionRows({ ...set, rows: [...set.rows].sort(byPath) }, file);
}

/** {@link writePredictions} of rows as they come, for more than fit into memory: in the order given. */
export async function writePredictionRows(set: Omit<PredictionSet, 'rows'> & { readonly rows: Iterable<Prediction> | AsyncIterable<Prediction> }, file: string): Promise<void> {
  const { classes, rows, groupSource } = set;
  const grouped = groupSource !== 'none';
  const header = ['path', 'sha256', 'label', 'predicted', ...classes.map((c) => `p:${c.id}`), ...(grouped ? ['group', 'groupSource'] : [])];
  async function* records(): AsyncGenerator<readonly string[]> {
    yield header;
    for await (const { path: imagePath, sha256, label, predicted, probabilities, group = '' } of rows) {
      const ofGroup = grouped ? [group, group === '' ? 'none' : groupSource] : [];
      yield [imagePath, sha256, classes[label].id, classes[predicted]?.id ?? '', ...probabilities.map((p) => p.toPrecision(17)), ...ofGroup];
    }
  }
  const unfinished = `${file}.part`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await pipeline(records, stringify({ record_delimiter: '\n' }), createWriteStream(unfinished));
    await fs.rename(unfinished, file);
  } catch (error) {
    await fs.rm(unfinished, { force: true }).catch(() => undefined);
    if (!isSystemError(error)) throw error;
    throw new SmearLensError('output-unwritable', `${file}: cannot be written (${error.message}).`, 'Choose another folder with --out.');
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
