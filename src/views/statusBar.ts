import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import type { CommandId } from '../commands/table';
import type { AnalysisState } from '../protocol/editor';
import { formatMilliseconds, formatProvider } from '../protocol/format';

const CHOOSE_MODEL: CommandId = 'smearlens.chooseModel';

/** The model and the execution provider of the smear that has the focus; hidden where none has. */
export function registerStatusBar(active: ActiveSmear): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('smearlens.status', vscode.StatusBarAlignment.Right, 100);
  item.name = 'SmearLens';
  item.command = CHOOSE_MODEL;
  const update = (): void => {
    const state = active.current?.state;
    if (!state) return item.hide();
    const { text, tooltip } = words(state);
    item.text = text;
    item.tooltip = tooltip;
    item.show();
  };
  update();
  return vscode.Disposable.from(item, active.onDidChange(update));
}

function words(state: AnalysisState): { text: string; tooltip: string } {
  switch (state.kind) {
    case 'running':
      return { text: '$(sync~spin) SmearLens', tooltip: 'Analysing the smear' };
    case 'failed':
      return { text: '$(error) SmearLens', tooltip: `${state.error.message} ${state.error.hint}` };
    case 'deleted':
      return { text: '$(warning) SmearLens', tooltip: 'The file has been deleted' };
    case 'done': {
      const { model, provider, milliseconds } = state.analysis;
      return {
        text: `${model.name} · ${formatProvider(provider)}`,
        tooltip: `SmearLens: ${model.name} on ${formatProvider(provider)}, ${formatMilliseconds(milliseconds)}. Click to choose another model.`,
      };
    }
  }
}
