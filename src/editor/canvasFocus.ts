import * as vscode from 'vscode';
import { CANVAS_FOCUS } from './contributions';

/** Which editor's picture has the keyboard's focus, as its page says, for the `when` of the keybindings. */
export class CanvasFocus {
  private holder: vscode.WebviewPanel | undefined;

  /** A page that loses the focus takes back only its own: the next one may have it before this one says so. */
  set(panel: vscode.WebviewPanel, focused: boolean): void {
    if (!focused && this.holder !== panel) return;
    this.holder = focused ? panel : undefined;
    void vscode.commands.executeCommand('setContext', CANVAS_FOCUS, focused);
  }

  /** A page that is hidden or closed can say nothing any more. */
  follow(panel: vscode.WebviewPanel): vscode.Disposable {
    const subscription = panel.onDidChangeViewState(() => !panel.active && this.set(panel, false));
    return vscode.Disposable.from(subscription, { dispose: () => this.set(panel, false) });
  }
}
