import type * as vscode from 'vscode';

const KEY = 'reviewPlaces';

/** Where the review of each folder was left, kept with the workspace. */
export class ReviewPlaces {
  constructor(private readonly storage: vscode.Memento) {}

  /** Path of the image that was on show last, relative to the folder. */
  last(folder: vscode.Uri): string | undefined {
    return this.all()[folder.toString()];
  }

  keep(folder: vscode.Uri, image: string): void {
    void this.storage.update(KEY, { ...this.all(), [folder.toString()]: image });
  }

  private all(): Readonly<Record<string, string>> {
    return this.storage.get(KEY, {});
  }
}
