/** Labels from JSON Lines, those of `curate export` and of a Hugging Face metadata.jsonl. */
import * as path from 'node:path';
import { classesBeside, imageOfRow, invalid, isObject, readText, type Fields, type Imported } from './imported';

export async function importJsonl(file: string): Promise<Imported> {
  const rows = await readRows(file);
  return { images: rows.map((row) => imageOfRow(row, row['path'] ?? row['file_name'])), classes: await classesBeside(`${file.replace(/\.jsonl$/i, '')}.about.json`), leftOut: [] };
}

/** @param files metadata.jsonl of one folder or of its splits */
export async function importHuggingFace(files: readonly string[], folder: string): Promise<Imported> {
  const rows = (await Promise.all(files.map(readRows))).flat();
  return { images: rows.map((row) => imageOfRow(row, row['path'] ?? row['file_name'])), classes: await classesBeside(path.join(folder, 'about.json')), leftOut: [] };
}

async function readRows(file: string): Promise<Fields[]> {
  const lines = (await readText(file)).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch (error) {
      throw invalid(file, `line ${i + 1} is no JSON (${(error as Error).message}).`, 'Each line should be one JSON object.');
    }
    if (!isObject(row)) throw invalid(file, `line ${i + 1} is no object.`, 'Each line should be one JSON object.');
    return [row];
  });
}
