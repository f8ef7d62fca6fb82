/** The layers of a model that a user can choose from. */
import { SmearLensError } from '../errors';
import { missingRules } from '../onnx/differentiate';
import { Graph } from '../onnx/graph';
import type { LayerChoices, LayerInfo } from '../protocol/inference';
import { candidateLayers, type Layer } from './layer';
import { layerOf, type Prepared } from './prepare';

/** What `auto` means for a model, and every layer that could be named instead. */
export function layerChoices(p: Prepared): LayerChoices {
  return { automatic: automaticLayer(p), layers: describeLayers(p) };
}

/** Every activation of more than one pixel, from image to logits. */
export function describeLayers(p: Prepared): LayerInfo[] {
  const layers = candidateLayers(p.graph, p.facts, p.image.name, p.logits.tensor);
  const differentiable = differentiableOnes(p, layers);
  return layers.map(({ tensor, channels, height, width }) => ({
    name: tensor,
    op: p.graph.producer(tensor)?.opType ?? '',
    channels,
    height,
    width,
    differentiable: differentiable.has(tensor),
  }));
}

/** Tensors from which every path to the logits has its gradient rules, all of those among `layers` included. */
function differentiableOnes(p: Prepared, layers: readonly Layer[]): ReadonlySet<string> {
  // A graph remembers what it was asked about each tensor; this one is forgotten with it.
  const graph = new Graph(p.model);
  const found = new Set<string>();
  for (const { tensor } of layers) {
    // What lies behind a differentiable layer is differentiable: in most models the first layer settles it for all.
    if (found.has(tensor) || missingRules(graph, tensor, p.logits.tensor).length > 0) continue;
    for (const behind of graph.descendants(tensor)) found.add(behind);
  }
  return found;
}

/** As sessions are opened: the manifest's layer, that of a self-explaining file, the automatic one; null where none is found. */
function automaticLayer(p: Prepared): string | null {
  try {
    return layerOf(p, 'auto').tensor;
  } catch (error) {
    if (error instanceof SmearLensError) return null;
    throw error;
  }
}
