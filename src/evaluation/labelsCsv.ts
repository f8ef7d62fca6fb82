/** A CSV of true labels: columns path, label and, where known, group, groupSource and split. */
import { createReadStream } from 'node:fs';
import { parse, type CsvError } from 'csv-parse';
import { SmearLensError } from '../errors';
import type { GroupSource } from './types';

export interface LabelRow {
  /** As it stands in the file, a name that a mapping turns into a class. */
  readonly label: string;
  /** Patient or slide. */
  readonly group?: string | undefined;
  readonly groupSource?: GroupSource | undefined;
  readonly split?: string | undefined;
}

const SOURCES: readonly GroupSource[] = ['given', 'file-run', 'none'];

/**
 * Reads a labels file (RFC 4180, UTF-8 with or without a byte order mark).
 * @returns by path relative to the evaluated folder, '/'-separated, NFC; paths are taken as they stand but for '\' and './'
 * @throws SmearLensError `input-invalid` that names the file and the line
 */
export async function readLabels(file: string): Promise<Map<string, LabelRow>> {
  const rows = new Map<string, LabelRow>();
  const fail = (what: string, hint: string): SmearLensError => new SmearLensError('input-invalid', `${file}: ${what}`, hint);
  const parser = createReadStream(file)
    .on('error', (error) => parser.destroy(error))
    .pipe(parse({ bom: true, columns: (header: string[]) => columnsOf(header, fail), info: true, skip_empty_lines: true, trim: true }));
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      const { path, label, group, groupSource, split } = record;
      const key = path.replaceAll('\\', '/').replace(/^(\.\/)+/, '').normalize('NFC');
      if (key === '') throw fail(`line ${info.lines} has no path.`, "Give each row the image's path relative to the folder.");
      if (rows.has(key)) throw fail(`line ${info.lines} names ${path} a second time.`, 'Keep one row an image.');
      const source = SOURCES.find((s) => s === groupSource);
      if (groupSource && !source) throw fail(`line ${info.lines}: groupSource is '${groupSource}'.`, `Write one of ${SOURCES.join(', ')}, or leave it empty.`);
      rows.set(key, { label, ...(group ? { group } : {}), ...(source ? { groupSource: source } : {}), ...(split ? { split } : {}) });
    }
  } catch (error) {
    if (error instanceof SmearLensError) throw error;
    const line = (error as Partial<CsvError>).lines;
    throw fail(`cannot be read${typeof line === 'number' ? `, line ${line}` : ''} (${(error as Error).message}).`, 'It should be a CSV in UTF-8 with a header: path,label and, where known, group,groupSource,split.');
  }
  if (rows.size === 0) throw fail('holds no rows.', 'It should have a header (path,label) and one row an image.');
  return rows;
}

/** Header names are matched whatever their case. */
function columnsOf(header: readonly string[], fail: (what: string, hint: string) => SmearLensError): string[] {
  const known = ['path', 'label', 'group', 'groupSource', 'split'];
  const columns = header.map((name) => known.find((k) => k.toLowerCase() === name.toLowerCase()) ?? name);
  for (const name of ['path', 'label']) {
    if (!columns.includes(name)) throw fail(`has no column '${name}'; its columns are ${header.join(', ')}.`, 'The first line should name the columns: path,label and, where known, group,groupSource,split.');
  }
  return columns;
}
