/** Parameter randomisation (Adebayo et al. 2018, 'Sanity checks for saliency maps'): a map that does not change when the weights do explains nothing. */
import { Tensor } from 'onnxruntime-node';
import { Graph } from '../../onnx/graph';
import type { NodeProto } from '../../onnx/onnx_pb';
import { normalNumbers } from '../../onnx/random';
import { randomLike, readWeight, weightsAsInputs, weightsOf, type Weight, type WeightValues } from '../../onnx/randomise';
import { ElementType } from '../../onnx/tensors';
import { spearman } from '../../protocol/correlation';
import type { CamMap } from '../../protocol/analysis';
import type { Randomisation, RandomisedPart } from '../../protocol/trust';
import type { Layer } from '../layer';
import { openModel, runModel, type OpenModel } from '../openModel';
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
 * Top down, as the authors' cascade: the weights behind the layer, then those and the last convolutions before it. They are inputs of
 * one session. Yields after each draw, and returns the whole.
 */
export async function* randomisation({ prepared: p, layer, pixels, map, rows }: RandomisationSubject): AsyncGenerator<Randomisation, Randomisation> {
  const stages = stagesOf(p, layer).map((s) => ({ ...s, correlations: [] as number[], flat: 0 }));
  // A flat map has no ranks to compare.
  const draws = map.flat ? [] : stages.flatMap((stage) => Array.from({ length: SEEDS }, (_, seed) => ({ stage, seed })));
  const state = (done: number): Randomisation => ({
    layer: layer.tensor,
    images: draws.length > 0 ? 1 : 0,
    stages: stages.map(({ part, weights, correlations, flat }) => ({ part, tensors: weights.length, correlations: [...correlations], flat })),
    done,
    total: draws.length,
  });
  if (draws.length === 0) return state(0);
  const open = await openFed(p, layer, [...new Set(stages.flatMap((s) => s.weights))]);
  try {
    for (const [i, { stage, seed }] of draws.entries()) {
      for (const other of await randomMaps(open, pixels, rows, stage.weights, seed)) {
        if (other.flat) stage.flat++;
        else stage.correlations.push(spearman(map.raw, other.raw));
      }
      if (i + 1 < draws.length) yield state(i + 1);
    }
  } finally {
    await open.session.release();
  }
  return state(draws.length);
}

/** What was found with other images of the same model and layer, together with what was found with one more. */
export function joinRandomisations(before: Randomisation, more: Randomisation): Randomisation {
  const stages = before.stages.map((stage, i) => ({ ...stage, correlations: [...stage.correlations, ...(more.stages[i]?.correlations ?? [])], flat: stage.flat + (more.stages[i]?.flat ?? 0) }));
  return { ...more, images: before.images + more.images, stages };
}

/** A session that explains the layer and takes some of its weights as inputs. */
interface FedModel extends OpenModel {
  /** As they are in the file, by name. */
  readonly weights: ReadonlyMap<string, WeightValues>;
}

async function openFed(p: Prepared, layer: Layer, names: readonly string[]): Promise<FedModel> {
  const model = weightsAsInputs(p.model, names);
  const weights = new Map(names.map((name) => [name, readWeight(p.model, name)]));
  const facts = new Map(p.facts);
  for (const [name, { dims }] of weights) facts.set(name, { shape: dims, elementType: ElementType.FLOAT });
  return { ...(await openModel({ ...p, model, facts, graph: new Graph(model) }, 'cpu', layer.tensor)), weights };
}

async function randomMaps(open: FedModel, pixels: Float32Array, rows: readonly number[], random: readonly string[], seed: number): Promise<CamMap[]> {
  const { prepared: p, session, weights } = open;
  const normal = normalNumbers(seed);
  const fed = [...weights]
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, weight]) => {
      const { dims, values } = random.includes(name) ? randomLike(weight, normal) : weight;
      return [name, new Tensor('float32', values, dims)] as const;
    });
  const feeds: Prepared['feeds'] = (images, count) => ({ ...p.feeds(images, count), ...Object.fromEntries(fed) });
  const { explanation } = await runModel({ ...open, prepared: { ...p, feeds } }, pixels, rows);
  return explanation?.maps.filter((m) => m.method === 'grad-cam') ?? [];
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
