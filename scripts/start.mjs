/**
 * `npm start`: builds SmearLens, draws sample smears and opens them in a VS Code that has the extension.
 *
 * npm start -- [FOLDER] [--browser] [--port N]
 *   FOLDER     a folder of smears to open in place of the drawn ones
 *   --browser  VS Code in the browser (code-server) even where desktop VS Code could be shown
 *   --port N   the port of its address; a free one where none is given
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { startCodeServer } from './hosts/codeServer.mjs';
import { chooseDesktop, desktopObstacle, openDesktop } from './hosts/desktop.mjs';
import { StartError } from './hosts/profile.mjs';

const ROOT = path.resolve(import.meta.dirname, '..');
const USAGE = `usage: npm start -- [FOLDER] [--browser] [--port N]
  FOLDER     a folder of smears to open in place of the drawn ones
  --browser  VS Code in the browser (code-server) even where desktop VS Code could be shown
  --port N   the port of its address; a free one where none is given`;

try {
  const options = readArguments();
  if (options.help) console.log(USAGE);
  else await start(options);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\n${error.message}\n${error.hint}`);
  process.exitCode = error.exitCode;
}

async function start({ folder, browser, port }) {
  if (!fs.existsSync(path.join(ROOT, 'node_modules/esbuild'))) install();
  console.log('Building dist/');
  run(process.execPath, ['esbuild.mjs'], 'The build failed.', "Run 'npm install', then try again.");

  // What is at hand only after the installation is imported only here.
  const opened = { root: ROOT, folder: folder ?? path.join(ROOT, 'out/samples') };
  if (!folder) {
    console.log('Drawing sample smears into out/samples/');
    const { drawSamples, README_NAME } = await import('./samples/draw.mjs');
    await drawSamples(opened.folder);
    // A text, not a smear: VS Code opens what is asked for at the start before it knows the extensions' editors.
    opened.file = path.join(opened.folder, README_NAME);
  }

  const obstacle = browser ? '--browser was given' : desktopObstacle();
  const desktop = obstacle ? undefined : await chooseDesktop(ROOT);
  if (desktop) return openDesktop(desktop, opened);
  if (obstacle) console.log(`VS Code runs in the browser: ${obstacle}.`);
  return startCodeServer({ ...opened, port });
}

function install() {
  console.log('Installing packages (npm install)');
  // Without the CUDA libraries that onnxruntime-node would fetch from elsewhere: they are installed apart, where wanted.
  const npm = process.platform === 'win32' ? { command: 'npm.cmd', shell: true } : { command: 'npm', shell: false };
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  run(npm.command, ['install'], "'npm install' failed.", 'See above for its reason; it needs the npm registry.', { shell: npm.shell, env });
}

function run(command, args, message, hint, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (status !== 0) throw new StartError(error ? `${message} ${error.message}` : message, hint);
}

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { browser: { type: 'boolean', default: false }, port: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
    });
  } catch (error) {
    throw new StartError(error.message, USAGE, 2);
  }
  const { values, positionals } = parsed;
  if (positionals.length > 1) throw new StartError(`One folder can be opened, ${positionals.length} were given.`, USAGE, 2);
  const port = values.port === undefined ? 0 : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new StartError(`'${values.port}' is no port.`, USAGE, 2);
  // npm runs scripts in the project's folder; INIT_CWD is where the user was.
  const folder = positionals[0] && path.resolve(process.env['INIT_CWD'] ?? process.cwd(), positionals[0]);
  if (folder && !fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new StartError(`${folder} is not a folder.`, 'Give a folder that holds smear images.', 2);
  return { folder, port, browser: values.browser, help: values.help };
}
