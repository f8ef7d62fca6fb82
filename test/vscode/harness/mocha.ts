import Mocha from 'mocha';
import { PATIENCE } from './workbench';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Full titles and messages of the tests that failed, to be told once more at the end, where they are not overlooked. */
  failures: string[];
}

/** Runs the tests of one file. None is a failure: it would otherwise pass unnoticed. */
export function runMocha(file: string): Promise<Counts> {
  // The workbench has races of its own. A test gets a second chance, and the first failure is told.
  const mocha = new Mocha({ ui: 'bdd', timeout: 2 * PATIENCE, retries: 1, color: false, failZero: !process.env['SMEARLENS_TEST_GREP'] });
  const grep = process.env['SMEARLENS_TEST_GREP'];
  if (grep) mocha.grep(grep);
  mocha.addFile(file);
  const failures: string[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ passed: passes, failed, skipped: pending, failures });
    });
    runner.on('fail', (test: Mocha.Test, error: Error) => failures.push(`${test.fullTitle()}: ${error.message.split('\n')[0] ?? ''}`));
    runner.on('retry', (test: Mocha.Test, error: Error) => console.log(`    second try of '${test.fullTitle()}': ${error.message}`));
  });
}
