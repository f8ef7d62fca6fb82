/** Saves the self-explaining model as a plain ONNX file that needs nothing of SmearLens. */
import type { ResolvedModel } from '../models/resolve';
import { saveModel } from '../onnx/save';
import { ALL_OUTPUTS, explainModel, type Explained } from './explained';
import { layerOf, prepare } from './prepare';

/**
 * Keeps the model's own inputs, outputs and batch size and adds outputs for logits, activation, gradients and maps. Weights
 * are streamed from the original file.
 * @param layer `auto` or a tensor's name
 * @throws SmearLensError `output-unwritable`, and all that preparing and explaining a model throw
 */
export async function saveExplained(resolved: ResolvedModel, layer: string, file: string): Promise<Explained> {
  const p = await prepare(resolved);
  const { model, explained } = explainModel(p.model, p.facts, p.logits.tensor, layerOf(p, layer), ALL_OUTPUTS);
  await saveModel(model, file);
  return explained;
}
