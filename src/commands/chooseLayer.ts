import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import type { InferenceService } from '../editor/inferenceService';
import { AUTOMATIC_LAYER, type ModelChoices } from '../editor/modelChoices';
import type { LayerInfo } from '../protocol/inference';

interface LayerItem extends vscode.QuickPickItem {
  readonly layer?: string;
}

/** Offers the layers of the active smear's model that can be explained; the one chosen holds for all smears of that model. */
export async function chooseLayer(active: ActiveSmear, inference: InferenceService, models: ModelChoices): Promise<void> {
  const model = models.for(active.page.surface.current.uri);
  const abort = new AbortController();
  const choices = inference.call('layers', { model: { ...model, layer: AUTOMATIC_LAYER } }, { priority: 'interactive', signal: abort.signal });
  const items = choices.then(({ automatic, layers }): LayerItem[] => {
    const explainable = layers.filter(({ differentiable }) => differentiable);
    if (explainable.length === 0) {
      throw new SmearLensError('no-explanation-layer', `${model.path}: has no layer that gradients reach.`, 'Predictions work without; the log says which operator stands in the way.');
    }
    const first: LayerItem = { label: 'Automatic', description: automatic ?? 'none found', layer: AUTOMATIC_LAYER };
    // The layers that are explained most often are the last.
    return [first, { label: 'from logits to image', kind: vscode.QuickPickItemKind.Separator }, ...explainable.reverse().map(layerItem)];
  });
  const item = await vscode.window.showQuickPick(items, {
    title: 'SmearLens: explained layer',
    placeHolder: `Now: ${model.layer === AUTOMATIC_LAYER ? 'automatic' : model.layer}`,
    matchOnDescription: true,
  });
  abort.abort();
  if (item?.layer !== undefined) await models.chooseLayer(model.path, item.layer);
}

function layerItem({ name, op, channels, height, width }: LayerInfo): LayerItem {
  return { label: name, description: `${op}, ${width} × ${height}, ${channels} channels`, layer: name };
}
