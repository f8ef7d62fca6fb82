import * as vscode from 'vscode';
import type { ModelChoice } from '../protocol/inference';
import { modelSetting } from './settings';

/** The layer that a model's manifest names or, failing that, its graph (docs/ARCHITECTURE.md). */
export const AUTOMATIC_LAYER = 'auto';

const LAYERS = 'layers';

/** Which model reads a smear. */
export interface ModelSource {
  for(resource: vscode.Uri | undefined): ModelChoice;
  /** Any choice may be another than before. */
  readonly onDidChange: vscode.Event<void>;
}

/** Which model reads a smear, where, and which of its layers is explained: from the settings, and the layers chosen by hand. */
export class ModelChoices implements ModelSource {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly settings = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('smearlens')) this.changed.fire();
  });

  /**
   * @param storage keeps the chosen layers by the model's path
   * @param defaultModel path of the model that comes with SmearLens
   */
  constructor(
    private readonly storage: vscode.Memento,
    private readonly defaultModel: string,
  ) {}

  for(resource: vscode.Uri | undefined): ModelChoice {
    const { path, provider } = modelSetting(resource, this.defaultModel);
    return { path, provider, layer: this.layers[path] ?? AUTOMATIC_LAYER };
  }

  /** One model whatever the settings say, where the settings have it run. @param path as in `ModelChoice` */
  only(path: string): ModelSource {
    return { for: (resource) => ({ path, provider: this.for(resource).provider, layer: this.layers[path] ?? AUTOMATIC_LAYER }), onDidChange: this.onDidChange };
  }

  /** Has another layer of this model explained, in all of its smears. */
  async chooseLayer(modelPath: string, layer: string): Promise<void> {
    const others = Object.entries(this.layers).filter(([path]) => path !== modelPath);
    await this.storage.update(LAYERS, Object.fromEntries(layer === AUTOMATIC_LAYER ? others : [...others, [modelPath, layer]]));
    this.changed.fire();
  }

  dispose(): void {
    this.settings.dispose();
    this.changed.dispose();
  }

  private get layers(): Readonly<Record<string, string>> {
    return this.storage.get<Readonly<Record<string, string>>>(LAYERS, {});
  }
}
