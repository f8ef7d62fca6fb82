/** Labels from a CSV: columns path or sha256, label, and where known group; or `label:<reviewer>` and so on, as `curate export` writes them. */
import { parse } from 'csv-parse/sync';
import { UNSURE } from '../exports/csv';
import { classesBeside, invalid, pathOf, readText, sha256Of, textOf, type Imported, type ImportedImage, type ImportedOpinion } from './imported';

export async function importCsv(file: string): Promise<Imported> {
  let records: Record<string, string>[];
  try {
    records = parse(await readText(file), { columns: (header: string[]) => header.map((name) => name.trim()), skip_empty_lines: true });
  } catch (error) {
    throw invalid(file, `cannot be read as a table (${(error as Error).message}).`, 'Give a CSV file in UTF-8 with a header: path,label and, where known, sha256 and group.');
  }
  const [first] = records;
  if (!first) throw invalid(file, 'holds no rows.', 'It should have a header and one row an image.');
  const columns = Object.keys(first);
  if (!columns.includes('path') && !columns.includes('sha256')) throw invalid(file, `has neither a column 'path' nor 'sha256'; its columns are ${columns.join(', ')}.`, 'Name the images by path (relative to the folder) or by sha256.');
  const reviewers = columns.filter((name) => name.startsWith('label:')).map((name) => name.slice('label:'.length));
  if (reviewers.length === 0 && !columns.includes('label')) throw invalid(file, `has no column 'label'; its columns are ${columns.join(', ')}.`, 'Give the labels in a column named label.');
  return { images: records.map((record) => imageOf(record, reviewers)), classes: await classesBeside(`${file.replace(/\.csv$/i, '')}.about.json`), leftOut: [] };
}

function imageOf(record: Readonly<Record<string, string>>, reviewers: readonly string[]): ImportedImage {
  const opinion = (reviewer: string | undefined): ImportedOpinion => {
    const of = (name: string): string | undefined => textOf(record[reviewer === undefined ? name : `${name}:${reviewer}`]);
    const label = of('label');
    return { reviewer, label: label === UNSURE ? null : label, note: of('note'), excluded: of('excluded') === 'yes' ? true : undefined };
  };
  // A guessed group is none that somebody gave.
  const isGuessed = record['groupSource'] === 'file-run';
  const adjudicated = textOf(record['adjudicated']);
  return {
    sha256: sha256Of(record['sha256']),
    path: pathOf(record['path']),
    group: isGuessed ? undefined : textOf(record['group']),
    opinions: reviewers.length > 0 ? reviewers.map(opinion) : [opinion(undefined)],
    adjudication: adjudicated === undefined ? undefined : { reviewer: textOf(record['adjudicator']), value: adjudicated },
  };
}
