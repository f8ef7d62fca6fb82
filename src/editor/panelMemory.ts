import type * as vscode from 'vscode';
import { DEFAULT_VIEW, type ViewState } from '../protocol/viewState';

const PANEL_OPEN = 'panelOpen';

/** Remembers whether the reviewer last had the analysis panel open, for smears not seen before. */
export class PanelMemory {
  constructor(private readonly storage: vscode.Memento) {}

  /** The view that a smear has at first. */
  firstView(): ViewState {
    return { ...DEFAULT_VIEW, panelOpen: this.storage.get(PANEL_OPEN, DEFAULT_VIEW.panelOpen) };
  }

  keep({ panelOpen }: ViewState): void {
    if (panelOpen !== this.firstView().panelOpen) void this.storage.update(PANEL_OPEN, panelOpen);
  }
}
