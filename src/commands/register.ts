import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import { COMMANDS, type CommandId } from './table';

/** VS Code passes what the place it was invoked from passes (a menu: the resource). */
export type CommandHandler = (...args: readonly unknown[]) => Promise<void> | void;

/** Registers a handler for every command of the table. What a handler throws is shown, except that it was cancelled. */
export function registerCommands(handlers: Record<CommandId, CommandHandler>, log: vscode.LogOutputChannel): vscode.Disposable {
  const guarded = (id: CommandId) => async (...args: unknown[]) => {
    try {
      await handlers[id](...args);
    } catch (thrown) {
      const { code, message, hint } = toErrorInfo(thrown);
      if (code === 'cancelled') return;
      log.error(`${id}: [${code}] ${message} ${hint}`);
      void showError(`${message} ${hint}`, log);
    }
  };
  const ids = Object.keys(COMMANDS) as CommandId[];
  return vscode.Disposable.from(...ids.map((id) => vscode.commands.registerCommand(id, guarded(id))));
}

async function showError(text: string, log: vscode.LogOutputChannel): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(text, 'Show Log');
  if (chosen) log.show();
}
