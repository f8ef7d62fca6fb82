import type * as vscode from 'vscode';
import { DEFAULT_VIEW, ofAnotherSmear, type ViewState } from '../protocol/viewState';

const PANEL_OPEN = 'panelOpen';

/** The view that a smear is first shown with. */
export class ViewMemory {
  private handed: { readonly uri: string; readonly view: ViewState } | undefined;

  /** @param storage keeps whether the reviewer last had the analysis panel open */
  constructor(private readonly storage: vscode.Memento) {}

  /** The next smear is to be shown as the one before it was. */
  handOver(uri: vscode.Uri, view: ViewState | undefined): void {
    this.handed = view && { uri: uri.toString(), view: ofAnotherSmear(view) };
  }

  firstView(uri: vscode.Uri): ViewState {
    const { handed } = this;
    this.handed = undefined;
    return handed?.uri === uri.toString() ? handed.view : { ...DEFAULT_VIEW, panelOpen: this.panelOpen };
  }

  keep({ panelOpen }: ViewState): void {
    if (panelOpen !== this.panelOpen) void this.storage.update(PANEL_OPEN, panelOpen);
  }

  private get panelOpen(): boolean {
    return this.storage.get(PANEL_OPEN, DEFAULT_VIEW.panelOpen);
  }
}
