/** What VS Code loads inside its extension host: runs the suite that is for it and leaves its counts for the caller. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { runMocha } from './mocha';

export async function run(): Promise<void> {
  const counts = await runMocha(path.join(__dirname, '../suites/host.js'));
  const report = process.env['SMEARLENS_TEST_REPORT'];
  if (report) fs.writeFileSync(report, JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}
