/** Runs the suites, prints how many tests passed and failed, and exits 1 if any did. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { prepareWorkspace, REPORT, SCREENSHOTS, WORKSPACE } from './harness/places';
import { runMocha, type Counts } from './harness/mocha';
import { ROOT } from './harness/server';

const SUITES = {
  /** The webview's page alone, with analyses made up for it. */
  page: () => inThisProcess('page'),
  /** The real workbench, driven through a browser. */
  browser: () => inThisProcess('browser'),
  /** Inside the real extension host. */
  host: inExtensionHost,
  /** The VSIX of this platform, installed into a clean server. */
  vsix: () => inThisProcess('vsix'),
};
type Suite = keyof typeof SUITES;
/** Starts no VS Code, so it goes on beside those that do, which mostly wait for theirs. */
const BESIDE: Suite = 'page';
/** Scheduling priority of the suite beside: it takes the time that the others leave, and delays none of them. */
const LEFT_OVER = 10;
/** Runs one suite for another process of this program. */
const CHILD = '--child';

void (process.argv[2] === CHILD ? child(process.argv[3] as Suite) : main(process.argv.slice(2))).then((code) => process.exit(code));

async function main(args: readonly string[]): Promise<number> {
  const grep = args.indexOf('--grep');
  if (grep >= 0) process.env['SMEARLENS_TEST_GREP'] = args[grep + 1] ?? '';
  const named = args.filter((arg): arg is Suite => Object.hasOwn(SUITES, arg));
  fs.rmSync(SCREENSHOTS, { recursive: true, force: true });
  fs.mkdirSync(SCREENSHOTS, { recursive: true });
  await prepareWorkspace();

  const total: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const wanted = named.length > 0 ? named : (Object.keys(SUITES) as Suite[]);
  const beside = wanted.length > 1 && wanted.includes(BESIDE) ? inOwnProcess(BESIDE) : undefined;
  const add = (counts: Counts): void => {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    total.failures.push(...counts.failures);
  };
  for (const name of wanted) if (!beside || name !== BESIDE) add(await told(name, SUITES[name]));
  if (beside) add(await beside());
  console.log(['', ...total.failures.map((failure) => `failed: ${failure}`)].join('\n'));
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

async function told(name: Suite, run: () => Promise<Counts>): Promise<Counts> {
  console.log(`\n${name}`);
  const begin = performance.now();
  const counts = await run().catch((error: unknown): Counts => {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0, failures: [`${name}: ${String(error)}`] };
  });
  console.log(`${name}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  return counts;
}

/** Starts a suite; what it prints and comes to is told when that is asked for, so that two do not print into each other. */
function inOwnProcess(name: Suite): () => Promise<Counts> {
  const running = fork(__filename, [CHILD, name], { silent: true });
  if (running.pid) os.setPriority(running.pid, LEFT_OVER);
  const printed: Buffer[] = [];
  for (const stream of [running.stdout, running.stderr]) stream?.on('data', (data: Buffer) => printed.push(data));
  let counts: Counts = { passed: 0, failed: 1, skipped: 0, failures: [`${name}: its process died.`] };
  running.on('message', (message) => (counts = message as Counts));
  const closed = once(running, 'close');
  return async () => {
    await closed;
    process.stdout.write(Buffer.concat(printed));
    return counts;
  };
}

async function child(name: Suite): Promise<number> {
  const counts = await told(name, SUITES[name]);
  await new Promise((sent) => process.send?.(counts, sent));
  return 0;
}

function inThisProcess(suite: Suite): Promise<Counts> {
  return runMocha(path.join(__dirname, 'suites', `${suite}.js`));
}

/**
 * Through @vscode/test-electron. Where code-server is installed it stands in for desktop VS Code; else, or with
 * VSCODE_TEST_DESKTOP=1, the newest desktop VS Code is downloaded.
 */
async function inExtensionHost(): Promise<Counts> {
  const standIn = path.join(__dirname, 'harness/code.js');
  const desktop = process.env['VSCODE_TEST_DESKTOP'] === '1';
  fs.rmSync(REPORT, { force: true });
  const executable = path.join(__dirname, 'code');
  // A script with a first line that names this very Node: the one on the PATH may be another.
  fs.writeFileSync(executable, `#!/bin/sh\nexec "${process.execPath}" "${standIn}" "$@"\n`, { mode: 0o755 });
  const failure = await runTests({
    ...(desktop ? { version: 'stable' } : { vscodeExecutablePath: executable }),
    extensionDevelopmentPath: ROOT,
    extensionTestsPath: path.join(__dirname, 'harness/extensionHost.js'),
    extensionTestsEnv: { SMEARLENS_TEST_REPORT: REPORT },
    launchArgs: [WORKSPACE],
  }).then(() => '', (error: unknown) => String(error));
  // An extension host that dies ends with code 0, so only what the suite itself wrote at its end counts.
  if (!fs.existsSync(REPORT)) throw new Error(`The extension host died before its suite ended. ${failure}`);
  return JSON.parse(fs.readFileSync(REPORT, 'utf8')) as Counts;
}
