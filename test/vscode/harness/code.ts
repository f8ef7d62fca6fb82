/**
 * Stands in for the `code` executable where desktop VS Code cannot be downloaded: takes the flags that
 * @vscode/test-electron passes, runs the suite inside code-server's extension host, exits with its outcome.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as util from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { CodeServer, launchBrowser } from './server';

/** Milliseconds for the whole suite: more than a slow machine takes, less than the stage may. */
const LIMIT = 8 * 60_000;

void main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(String(error));
    process.exit(2);
  },
);

async function main(args: readonly string[]): Promise<number> {
  const paths = (flag: string): string[] => args.filter((arg) => arg.startsWith(`--${flag}=`)).map((arg) => path.resolve(arg.slice(flag.length + 3)));
  const extensions = paths('extensionDevelopmentPath');
  const tests = paths('extensionTestsPath')[0];
  const workspace = args.find((arg) => !arg.startsWith('-'));
  if (!tests || !workspace || extensions.length === 0) throw new Error('usage: code --extensionDevelopmentPath=DIR --extensionTestsPath=FILE WORKSPACE');

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-code-'));
  // The extension host inherits this process's environment.
  const server = await CodeServer.start({ folder, smokeTestDriver: true });
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const outcome = suiteOutcome(context);
    const remote = (file: string): string => `vscode-remote://${server.authority}${file}`;
    const payload = [...extensions.map((extension) => ['extensionDevelopmentPath', remote(extension)]), ['extensionTestsPath', remote(tests)], ['skipWelcome', 'true']];
    const page = await context.newPage();
    const broken = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('The workbench page crashed.')));
      setTimeout(() => reject(new Error(`The suite had not ended after ${LIMIT / 1000} s.`)), LIMIT);
    });
    await page.goto(`http://${server.authority}/?folder=${encodeURIComponent(path.resolve(workspace))}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    return await Promise.race([outcome, broken]);
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The workbench tells its driver what the extension host logs, and the code that the suite ends with. */
async function suiteOutcome(context: BrowserContext): Promise<number> {
  await context.exposeFunction('codeAutomationLog', (_type: string, values: unknown[]) => {
    const line = util.format(...values);
    // The workbench's own messages take the same way; what mocha's reporter prints is indented.
    if (process.env['VERBOSE'] || line.startsWith('  ')) console.log(line);
  });
  return new Promise((resolve) => void context.exposeFunction('codeAutomationExit', resolve));
}
