/** Writes an evaluation's report as one HTML file. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../../errors';
import { writeWhole } from '../outFolder';
import { reportHtml, type ReportAssets } from './html';
import type { ReportData } from './types';

/** The report's name in the folder of an evaluation's results. */
export const REPORT_FILE = 'report.html';

/**
 * @param folder the folder of the results
 * @param assets the folder of the built page, dist/webview
 * @returns the file's path
 * @throws SmearLensError `output-unwritable` where the file cannot be written, `internal` where the build is incomplete
 */
export async function writeReport(folder: string, data: ReportData, assets: string): Promise<string> {
  const file = path.join(folder, REPORT_FILE);
  await writeWhole(file, reportHtml(data, await readAssets(assets)));
  return file;
}

async function readAssets(folder: string): Promise<ReportAssets> {
  const read = (name: string): Promise<string> =>
    fs.readFile(path.join(folder, name), 'utf8').catch(() => {
      throw new SmearLensError('internal', `${path.join(folder, name)} is missing, so the report cannot be drawn.`, "Install SmearLens again, or run 'npm run build' in its source.");
    });
  const [script, style] = await Promise.all([read('report.js'), read('report.css')]);
  return { script, style };
}
