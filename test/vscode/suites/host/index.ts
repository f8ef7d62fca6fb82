/** What VS Code loads inside its extension host: runs the suites beside this file and leaves their counts for the caller. */
import * as fs from 'node:fs';
import { runMocha } from '../../harness/mocha';

export async function run(): Promise<void> {
  const counts = await runMocha(__dirname);
  const report = process.env['SMEARLENS_TEST_REPORT'];
  if (report) fs.writeFileSync(report, JSON.stringify(counts));
  if (counts.failed > 0) throw new Error(`${counts.failed} failed`);
}
