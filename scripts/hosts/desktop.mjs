/** Desktop VS Code: one that is installed, else a downloaded one. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { StartError, writeSettings } from './profile.mjs';

const NAMES = ['code', 'code-insiders', 'codium', 'vscodium'];
const WINDOWS = process.platform === 'win32';

/**
 * Why no desktop VS Code can be shown from here, in words that end a sentence; undefined where one can.
 * @returns {string | undefined}
 */
export function desktopObstacle() {
  const { CODE, DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI } = process.env;
  if (CODE) return undefined;
  // There, `code` is a messenger to the window on the user's own machine, and takes no extension under development.
  if (VSCODE_IPC_HOOK_CLI) return 'this is the terminal of a remote VS Code window';
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
  return undefined;
}

/**
 * The VS Code to start: the one that the variable CODE names, one on the PATH, or a download.
 * @param {string} root the project's folder
 * @returns {Promise<{executable: string, installed: boolean} | undefined>} undefined where none is to be had
 */
export async function chooseDesktop(root) {
  if (process.env['CODE']) return { executable: process.env['CODE'], installed: true };
  const wanted = minimalVersion(root);
  for (const executable of onPath()) {
    const version = versionOf(executable, root);
    if (version && !older(version, wanted)) return { executable, installed: true };
    console.log(`${executable} is not used: ${version ? `it is version ${version}, and SmearLens needs ${wanted.join('.')} or newer` : 'it does not tell its version'}.`);
  }
  console.log('Downloading VS Code into .vscode-test/ (none is installed)');
  try {
    const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
    return { executable: await downloadAndUnzipVSCode({ version: 'stable', cachePath: path.join(root, '.vscode-test') }), installed: false };
  } catch (error) {
    console.log(`VS Code could not be downloaded (${error instanceof Error ? error.message : String(error)}).`);
    return undefined;
  }
}

/**
 * Opens the folder, and resolves when VS Code is closed.
 * @param {{executable: string, installed: boolean}} desktop
 * @param {{root: string, folder: string, file?: string}} opened file: a text to show at once
 */
export async function openDesktop({ executable, installed }, { root, folder, file }) {
  const userData = profileFolder(root);
  writeSettings(userData);
  const args = [`--extensionDevelopmentPath=${root}`, `--user-data-dir=${userData}`, `--extensions-dir=${path.join(root, 'out/start/extensions')}`];
  args.push('--disable-workspace-trust', '--skip-welcome', '--skip-release-notes', '--new-window');
  // What is installed is a script that starts VS Code and returns, unless it is told to wait.
  if (installed) args.push('--wait');
  args.push(...asRoot(), folder, ...(file ? [file] : []));
  console.log(`Opening ${folder} in ${executable}\nClose its window, or press Ctrl-C here, to end.`);

  const child = spawn(quoted(executable), args.map(quoted), { stdio: ['ignore', 'ignore', 'inherit'], shell: WINDOWS, env: cleanEnvironment() });
  // Ctrl-C reaches the child as well, which is of the same process group.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
  const [code, signal] = await once(child, 'exit').catch((error) => {
    throw new StartError(`${executable} cannot be started: ${error.message}.`, "Set the variable CODE to a VS Code, or use 'npm start -- --browser'.");
  });
  if (code) throw new StartError(`${executable} ended with status ${code}.`, "Where it shows no window, use 'npm start -- --browser'.");
  if (!code && !signal) console.log('VS Code was closed.');
}

/** Kept from one start to the next, as its window may outlive this process. */
function profileFolder(root) {
  return path.join(root, 'out/start/desktop');
}

/** Electron refuses to run as root otherwise. */
function asRoot() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/** VS Code's terminals set variables that make a second VS Code talk to the first, or run as plain Node.js. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VSCODE_') && name !== 'ELECTRON_RUN_AS_NODE'));
}

/** Windows starts `.cmd` files through a shell only. */
function quoted(text) {
  return WINDOWS ? `"${text}"` : text;
}

function* onPath() {
  const extensions = WINDOWS ? ['.cmd'] : [''];
  for (const name of NAMES) {
    for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
      for (const extension of extensions) {
        const file = path.join(folder, name + extension);
        if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
        // Under WSL, Windows' own `code`; on a remote machine, the messenger.
        if (/^\/mnt\/[a-z]\//.test(file) || /remote-cli|\.vscode-(server|remote)/.test(fs.realpathSync(file))) continue;
        yield file;
      }
    }
  }
}

/** @returns {string | undefined} such as '1.105.0' */
function versionOf(executable, root) {
  const args = ['--version', `--user-data-dir=${profileFolder(root)}`];
  const { stdout } = spawnSync(quoted(executable), args.map(quoted), { encoding: 'utf8', shell: WINDOWS, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] });
  return /^\d+\.\d+\.\d+/m.exec(stdout ?? '')?.[0];
}

/** The version that package.json asks for, as numbers. */
function minimalVersion(root) {
  const { engines } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  return engines.vscode.replace('^', '').split('.').map(Number);
}

function older(version, wanted) {
  const numbers = version.split('.').map(Number);
  const differs = numbers.findIndex((number, i) => number !== wanted[i]);
  return differs >= 0 && numbers[differs] < wanted[differs];
}
