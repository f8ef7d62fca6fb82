/**
 * Opens a folder of smears in a VS Code that runs this checkout: `npm start [-- FOLDER]`. In desktop VS Code where `code`
 * is on the PATH, else in the code-server that the tests use, whose address it prints.
 */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(process.argv[2] ?? '.');
const run = (file, args) => spawnSync(file, args, { cwd: root, stdio: 'inherit' });

if (run(process.execPath, ['esbuild.mjs']).status !== 0) process.exit(1);
if (spawnSync('code', ['--version']).status === 0) {
  process.exit(run('code', ['--new-window', `--extensionDevelopmentPath=${root}`, folder]).status ?? 1);
}
if (run('bash', ['test/vscode/install-host.sh']).status !== 0) process.exit(1);
const bundle = path.join(root, 'out/start.js');
await build({ entryPoints: [path.join(root, 'test/vscode/start.ts')], outfile: bundle, bundle: true, platform: 'node', format: 'cjs', packages: 'external', logLevel: 'warning' });
process.exitCode = run(process.execPath, [bundle, folder]).status ?? 1;
