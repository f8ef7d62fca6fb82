import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';
import { PATIENCE } from './workbench';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs all test files of a folder. A folder without tests is a failure: it would otherwise pass unnoticed. */
export function runMocha(folder: string): Promise<Counts> {
  // The workbench has races of its own. A test gets a second chance, and the first failure is told.
  const mocha = new Mocha({ ui: 'bdd', timeout: 2 * PATIENCE, retries: 1, color: false, failZero: !process.env['SMEARLENS_TEST_GREP'] });
  const grep = process.env['SMEARLENS_TEST_GREP'];
  if (grep) mocha.grep(grep);
  for (const file of fs.readdirSync(folder).sort()) if (file.endsWith('.test.js')) mocha.addFile(path.join(folder, file));
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending });
    });
    runner.on('retry', (test: Mocha.Test, error: Error) => console.log(`    second try of '${test.fullTitle()}': ${error.message}`));
  });
}
