/** Where the tests keep their files: all below out/, which git ignores. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeSmears } from './images';
import { ROOT } from './server';

/** The folder that is opened in VS Code. */
export const WORKSPACE = path.join(ROOT, 'out/vscode-test/workspace');
export const SCREENSHOTS = path.join(ROOT, 'out/screenshots');
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
