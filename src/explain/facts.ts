/** Runs a probe of the model once, for the shapes and element types of its tensors. */
import type { InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { createSession, runSession } from '../inference/session';
import type { TensorFacts } from '../onnx/differentiate';
import { skeletonBytes, type OnnxModel } from '../onnx/model';
import { probeModel } from '../onnx/probe';
import { ElementType } from '../onnx/tensors';

/** By tensor name; batch of one, and the image size of the feeds. */
export type Facts = ReadonlyMap<string, TensorFacts>;

const ELEMENT_TYPES: Readonly<Record<string, number>> = {
  float32: ElementType.FLOAT,
  float16: ElementType.FLOAT16,
  float64: ElementType.DOUBLE,
  bfloat16: ElementType.BFLOAT16,
  int32: ElementType.INT32,
  int64: ElementType.INT64,
  bool: ElementType.BOOL,
  uint8: ElementType.UINT8,
};

/**
 * Shapes and element types of every tensor that the targets depend on, from one run on the CPU.
 * @param feeds one input of batch 1, of the size that the explained model will be used with
 */
export async function probe(model: OnnxModel, targets: readonly string[], feeds: InferenceSession.FeedsType): Promise<Facts> {
  const { model: probing, reports } = probeModel(model, targets);
  // Unoptimised: nothing is packed or folded for a session that runs once, so the weights stay in the file.
  const session = await createSession(skeletonBytes(probing), { provider: 'cpu', file: model.file, externalDataFolder: model.folder, optimise: false });
  try {
    const results = await runSession(session, feeds, model.file, [...reports.values()].map((r) => r.shape));
    const types = new Map(session.outputMetadata.map((m) => [m.name, m.isTensor ? m.type : '']));
    return new Map(
      [...reports].map(([tensor, { shape, empty }]) => {
        const data = results[shape].data;
        if (!(data instanceof BigInt64Array)) throw new SmearLensError('internal', `${model.file}: '${tensor}' has no shape.`, 'Please report this together with the model.');
        return [tensor, { shape: Array.from(data, Number), elementType: ELEMENT_TYPES[types.get(empty) ?? ''] ?? 0 }];
      }),
    );
  } finally {
    await session.release();
  }
}
