/**
 * Bundles the VS Code tests into out/ (ignored) and runs them.
 * usage: node test/vscode/run.mjs screenshot | [page] [browser] [host] [vsix] [--grep TEXT]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = path.resolve('out/vscode-test');

const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node20', packages: 'external', sourcemap: 'inline', logLevel: 'warning' };

fs.rmSync(out, { recursive: true, force: true });
await build({ ...options, entryPoints: ['harness/extensionHost.ts', 'harness/code.ts', 'main.ts', 'screenshot.ts'].map((file) => path.join(here, file)), outbase: here, outdir: out });
// One file a suite, so that its test files share what the harness keeps. Found rather than listed, so that none can be forgotten.
const suites = path.join(here, 'suites');
await Promise.all(
  fs.readdirSync(suites).map((suite) => {
    const tests = fs.readdirSync(path.join(suites, suite)).filter((file) => file.endsWith('.test.ts')).sort();
    if (tests.length === 0) throw new Error(`There are no tests in ${suite}.`);
    const contents = tests.map((file) => `import './${file}';`).join('\n');
    return build({ ...options, stdin: { contents, resolveDir: path.join(suites, suite), sourcefile: `${suite}.ts` }, outfile: path.join(out, 'suites', `${suite}.js`) });
  }),
);
const program = process.argv[2] === 'screenshot' ? 'screenshot.js' : 'main.js';
const { status } = spawnSync(process.execPath, ['--enable-source-maps', path.join(out, program), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
