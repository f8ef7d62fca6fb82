/** Where the tests keep their files: all below out/, which git ignores. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeSmears } from './images';
import { ROOT } from './server';

/** The folder that is opened in VS Code. */
export const WORKSPACE = path.join(ROOT, 'out/vscode-test/workspace');
export const SCREENSHOTS = path.join(ROOT, 'out/screenshots');
/** Of the folder; VS Code makes it when a setting is first written there. */
export const SETTINGS = path.join(WORKSPACE, '.vscode/settings.json');
/** What the suite in the extension host leaves when it has ended. */
export const REPORT = path.join(ROOT, 'out/vscode-test/host-report.json');

/** Real smears, where they are at hand: one a class. They stay outside the project, whose licence does not cover them. */
const REAL_SMEARS = path.join(ROOT, '../shared/data/all-smears');

/** Copies of real smears in the workspace, as '<class>.jpg'; empty where there are none. */
export function realSmears(): string[] {
  return fs.existsSync(REAL_SMEARS) ? fs.readdirSync(REAL_SMEARS).map((name) => `${name}.jpg`) : [];
}

export async function prepareWorkspace(): Promise<void> {
  fs.rmSync(WORKSPACE, { recursive: true, force: true });
  await writeSmears(WORKSPACE);
  for (const name of realSmears()) {
    const folder = path.join(REAL_SMEARS, path.parse(name).name);
    const first = fs.readdirSync(folder).sort()[0];
    if (first) fs.copyFileSync(path.join(folder, first), path.join(WORKSPACE, name));
  }
}

/** Milliseconds between two looks at a file. */
const LOOK_EVERY = 50;

/** Resolves once the folder's settings are these; `{}` where there are none. VS Code writes them some time after it says so. */
export function settingsBecome(expected: object): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isDeepStrictEqual(readSettings(), expected)) return;
      fs.unwatchFile(SETTINGS, look);
      resolve();
    };
    fs.watchFile(SETTINGS, { interval: LOOK_EVERY }, look);
    look();
  });
}

function readSettings(): unknown {
  const text = fs.existsSync(SETTINGS) ? fs.readFileSync(SETTINGS, 'utf8') : '';
  try {
    return JSON.parse(text || '{}');
  } catch {
    // Half written.
    return undefined;
  }
}
