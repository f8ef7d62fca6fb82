/** What a network makes of an image before its head judges it: pooled features, by which images are told apart and new heads are trained. */
import type { InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { createSession, runSession } from '../inference/session';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, skeletonBytes } from '../onnx/model';
import type { NodeProto } from '../onnx/onnx_pb';
import { ElementType } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import { layerOf, type Prepared } from './prepare';

/** Entry of a file's metadata that names the tensor with its features: a network without a head has no other sign of it. */
export const FEATURES_KEY = 'smearlens.features';

/** Where a network's features are. */
export interface FeatureTensor {
  readonly tensor: string;
  /** Numbers an image, F. */
  readonly size: number;
  /** Axes with pixels, over which it is averaged; none where it is a row already. */
  readonly pixels: readonly number[];
}

/** Operators that may stand between the head's matrix product and the logits. */
const BEHIND_HEAD = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Add', 'Dropout']);

/**
 * The tensor named in the file's metadata; else what enters the last dense layer, where that is one row of numbers an image; else the layer that
 * explanations are drawn from, averaged over its pixels.
 * @throws SmearLensError `model-unsupported` where the named tensor is no such thing, `no-explanation-layer`
 */
export function featureTensorOf(p: Prepared): FeatureTensor {
  const named = p.model.proto.metadataProps.find((m) => m.key === FEATURES_KEY)?.value;
  const tensor = named ?? enteringHead(p);
  if (tensor === undefined) {
    const { tensor: layer, channels, channelAxis } = layerOf(p, 'auto');
    return { tensor: layer, size: channels, pixels: channelAxis === 1 ? [2, 3] : [1, 2] };
  }
  const shape = p.facts.get(tensor)?.shape ?? [];
  if (shape.length === 2) return { tensor, size: shape[1], pixels: [] };
  if (shape.length === 4) return { tensor, size: shape[1], pixels: [2, 3] };
  throw new SmearLensError('model-unsupported', `${p.model.file}: its metadata '${FEATURES_KEY}' names '${tensor}', which is no row of features.`, 'Correct the metadata, or remove that entry.');
}

function enteringHead({ graph, logits, facts }: Prepared): string | undefined {
  for (let node: NodeProto | undefined = graph.producer(logits.tensor); node; ) {
    if (node.opType === 'Gemm' || node.opType === 'MatMul') {
      const [data] = node.input;
      return facts.get(data)?.shape.length === 2 && graph.constant(data) === undefined ? data : undefined;
    }
    if (!BEHIND_HEAD.has(node.opType ?? '')) return undefined;
    const made: string | undefined = node.input.find((name) => graph.producer(name) !== undefined && graph.constant(name) === undefined);
    node = made === undefined ? undefined : graph.producer(made);
  }
  return undefined;
}

/** A session that gives features. */
export interface FeatureSession {
  readonly tensor: FeatureTensor;
  /** @param input a network input as `images/tensor.ts` makes it; @returns F numbers; @throws SmearLensError `numeric` */
  extract(input: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
}

/**
 * Opens a model for its features alone: what lies behind them is not computed. On the CPU, so that features that are kept do not depend on the
 * machine that made them.
 * @param threads of a run; all cores where undefined
 * @throws SmearLensError
 */
export async function openFeatures(p: Prepared, threads: number | undefined): Promise<FeatureSession> {
  const tensor = featureTensorOf(p);
  const model = cloneModel(p.model);
  model.proto.graph.output = [];
  const w = new GraphWriter(new Graph(model), 'smearlens_features');
  const float = w.cast(tensor.tensor, ElementType.FLOAT);
  const output = w.node('Identity', [tensor.pixels.length > 0 ? w.reduceMean(float, [...tensor.pixels], false) : float], {}, w.name('row'));
  w.output(output, ElementType.FLOAT, ['n', tensor.size]);
  prune(model);
  const session: InferenceSession = await createSession(skeletonBytes(model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder, threads });
  return {
    tensor,
    async extract(input) {
      const row = (await runSession(session, p.feeds(input), p.model.file, [output]))[output].data as Float32Array;
      if (row.every(Number.isFinite)) return Float32Array.from(row);
      throw new SmearLensError('numeric', `${p.model.file}: gives features that are no numbers.`, 'The model overflows on this image. Check its preprocessing in model.json, or use a float32 export.');
    },
    release: () => session.release(),
  };
}
