/** What the suites inside the extension host share: the extension as others see it, and the folder that is open. */
import * as assert from 'node:assert';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { SmearLensApi } from '../../../src/extension';
import type { AnalysisState } from '../../../src/protocol/editor';
import { PATIENCE } from './workbench';

const EXTENSION = 'smearlens.smearlens';

/** Milliseconds between two looks at what tells of no change by itself. */
const LOOK_EVERY = 20;

type Done = Extract<AnalysisState, { kind: 'done' }>;

export class Host {
  private constructor(
    readonly api: SmearLensApi,
    readonly workspace: vscode.Uri,
  ) {}

  static async activate(): Promise<Host> {
    const workspace = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('No folder is open.');
    const extension = vscode.extensions.getExtension<SmearLensApi>(EXTENSION) ?? assert.fail(`${EXTENSION} is not installed.`);
    return new Host(await extension.activate(), workspace);
  }

  file(name: string): vscode.Uri {
    return vscode.Uri.joinPath(this.workspace, name);
  }

  /** The next end of an analysis of this file. Called before what brings it about. */
  outcome<K extends AnalysisState['kind'] = 'done'>(uri: vscode.Uri, kind: K = 'done' as K): Promise<Extract<AnalysisState, { kind: K }>> {
    return new Promise((resolve, reject) => {
      const subscription = this.api.onDidChangeAnalysis(({ uri: changed, state }) => {
        if (changed.toString() !== uri.toString() || state.kind === 'running') return;
        subscription.dispose();
        if (state.kind === kind) resolve(state as Extract<AnalysisState, { kind: K }>);
        else reject(new Error(`${uri.path}: ${JSON.stringify(state)}`));
      });
    });
  }

  /** Opens a file of the workspace in the editor, in the preview tab, and waits for its analysis. */
  async openSmear(name: string): Promise<Done> {
    const done = this.outcome(this.file(name));
    await vscode.commands.executeCommand('smearlens.open', this.file(name));
    return done;
  }
}

/** Resolves once `look` gives what is expected, of which no event tells; what it gives instead for too long is an error. */
export async function until(look: () => unknown, expected: unknown): Promise<void> {
  const last = Date.now() + PATIENCE / 2;
  for (;;) {
    const seen = look();
    if (isDeepStrictEqual(seen, expected)) return;
    if (Date.now() > last) return assert.deepStrictEqual(seen, expected);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}
