/** Parameter randomisation (Adebayo et al. 2018, 'Sanity checks for saliency maps'): a map that does not change when the weights do explains nothing. */
import { Graph } from '../../onnx/graph';
import type { NodeProto } from '../../onnx/onnx_pb';
import { randomiseWeights, weightsOf, type Weight } from '../../onnx/randomise';
import { spearman } from '../../protocol/correlation';
import type { CamMap } from '../../protocol/analysis';
import type { Randomisation, RandomisedPart } from '../../protocol/trust';
import type { Layer } from '../layer';
import { openModel, runModel } from '../openModel';
import type { Prepared } from '../prepare';

const SEEDS = 3;
const LAST_CONVOLUTIONS = 3;
/** Elements that are made random at once: 64 MB. Of larger heads only the weights nearest to the scores, at least the last ones. */
const LARGEST = 2 ** 24;

export interface RandomisationSubject {
  readonly prepared: Prepared;
  readonly layer: Layer;
  readonly pixels: Float32Array;
  /** Grad-CAM of the predicted class. */
  readonly map: CamMap;
  /** Class indices that are explained: of a model with a random head one is as good as the other. */
  readonly rows: readonly number[];
}

/**
 * Top down, as the authors' cascade: the weights behind the layer, then those and the last convolutions before it. A session is
 * opened for each draw, so that a step takes as long as opening one. Yields after each, and returns the whole.
 */
export async function* randomisation({ prepared: p, layer, pixels, map, rows }: RandomisationSubject): AsyncGenerator<Randomisation, Randomisation> {
  const stages = stagesOf(p, layer).map((s) => ({ ...s, correlations: [] as number[], flat: 0 }));
  // A flat map has no ranks to compare.
  const draws = map.flat ? [] : stages.flatMap((stage) => Array.from({ length: SEEDS }, (_, seed) => ({ stage, seed })));
  const state = (done: number): Randomisation => ({
    layer: layer.tensor,
    stages: stages.map(({ part, weights, correlations, flat }) => ({ part, tensors: weights.length, correlations: [...correlations], flat })),
    done,
    total: draws.length,
  });
  for (const [i, { stage, seed }] of draws.entries()) {
    for (const other of await randomMaps(p, layer, pixels, rows, stage.weights, seed)) {
      if (other.flat) stage.flat++;
      else stage.correlations.push(spearman(map.raw, other.raw));
    }
    if (i + 1 < draws.length) yield state(i + 1);
  }
  return state(draws.length);
}

async function randomMaps(p: Prepared, layer: Layer, pixels: Float32Array, rows: readonly number[], weights: readonly string[], seed: number): Promise<CamMap[]> {
  const model = randomiseWeights(p.model, weights, seed);
  const open = await openModel({ ...p, model, graph: new Graph(model) }, 'cpu', layer.tensor);
  try {
    const { explanation } = await runModel(open, pixels, rows);
    return explanation?.maps.filter((m) => m.method === 'grad-cam') ?? [];
  } finally {
    await open.session.release();
  }
}

function stagesOf(p: Prepared, layer: Layer): { part: RandomisedPart; weights: string[] }[] {
  const { graph, image, logits } = p;
  const weighted = (nodes: readonly NodeProto[]): Weight[] => nodes.flatMap((node) => weightsOf(graph, node)).reverse();
  const head = withinLimit(weighted(graph.nodesBetween(layer.tensor, logits.tensor)), LARGEST);
  const before = graph.nodesBetween(image.name, layer.tensor, 'value').filter((node) => node.opType === 'Conv');
  const both = [...head, ...withinLimit(weighted(before).slice(0, LAST_CONVOLUTIONS), LARGEST)];
  const stages: { part: RandomisedPart; weights: Weight[] }[] = [
    { part: 'head', weights: head },
    { part: 'head and last convolutions', weights: both },
  ];
  return stages.filter((s, i) => s.weights.length > (i === 0 ? 0 : head.length)).map(({ part, weights }) => ({ part, weights: [...new Set(weights.map((w) => w.name))] }));
}

/** The first ones, as long as their elements are so many together; at least one. */
function withinLimit(weights: readonly Weight[], limit: number): Weight[] {
  let sum = 0;
  return weights.filter(({ elements }, i) => (sum += elements) <= limit || i === 0);
}
