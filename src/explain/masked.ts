/**
 * A session that runs one image under many masks, batched: the masks lie on the image itself (Score-CAM) or on an activation
 * (Recipro-CAM). Masking is part of the ONNX graph, so what crosses to the runtime is one image and the small masks.
 */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { probeInput } from '../inference/agreement';
import { createSession, runSession } from '../inference/session';
import { skeletonBytes } from '../onnx/model';
import type { ProviderName } from '../protocol/analysis';
import { largestBatchOf, openChecked } from './batches';
import type { Layer } from './layer';
import { maskedModel, type MaskedNames, type MaskPlace } from './maskedGraph';
import type { Prepared } from './prepare';

export interface MaskedSession {
  readonly prepared: Prepared;
  readonly layer: Layer;
  readonly place: MaskPlace;
  readonly provider: ProviderName;
  readonly session: InferenceSession;
  /** Masks that one run may take: 1 where the model cannot take more. */
  readonly largestBatch: number;
  readonly names: MaskedNames;
}

export interface MaskedResult {
  /** [masks, classes], row-major. */
  readonly logits: Float32Array;
  /** The layer's activation of the first mask, [channels, height, width]; only where it was asked for. */
  readonly activation: Float32Array | undefined;
}

/**
 * Opens it. On the image, a mask that is flat leaves the image as it is (on a layer, a mask of ones leaves the activation), so the
 * same session also gives the plain logits and the activation.
 * @throws SmearLensError `provider-unavailable` also where the provider computes other values than the CPU; `model-unsupported` where
 *   the layer to be masked holds no floating-point numbers
 */
export async function openMasked(p: Prepared, layer: Layer, provider: ProviderName, place: MaskPlace): Promise<MaskedSession> {
  const { model, names } = maskedModel(p, layer, place);
  const skeleton = skeletonBytes(model);
  const open = async (name: ProviderName): Promise<MaskedSession> => {
    const session = await createSession(skeleton, { provider: name, file: p.model.file, externalDataFolder: p.model.folder });
    return { prepared: p, layer, place, provider: name, session, largestBatch: largestBatchOf(p, name), names };
  };
  return openChecked(p, provider, open, probeMasks);
}

/**
 * Runs masks over one image.
 * @param pixels the network's input, float32, batch 1, in its own layout
 * @param masks [count, h, w] at the layer's size; any range, and min-max normalised after upsampling where they lie on the image,
 *   taken as they are where they lie on the layer
 * @param fill for each of the input's channels what a mask of 0 shows, in network space; of no meaning on a layer
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function runMasked(open: MaskedSession, pixels: Float32Array, masks: Float32Array, fill: readonly number[], wantsActivation = false): Promise<MaskedResult> {
  const { prepared: p, layer, names, largestBatch } = open;
  const size = layer.height * layer.width;
  const count = masks.length / size;
  const logits = new Float32Array(count * p.classes);
  let activation: Float32Array | undefined;
  for (let at = 0; at < count; at += largestBatch) {
    const batch = Math.min(largestBatch, count - at);
    const wanted = wantsActivation && at === 0;
    const feeds = feedsOf(open, pixels, masks.slice(at * size, (at + batch) * size), fill);
    const outputs = await runSession(open.session, feeds, p.model.file, wanted ? [names.logits, names.activation] : [names.logits]);
    logits.set(outputs[names.logits].data as Float32Array, at * p.classes);
    if (wanted) activation = (outputs[names.activation].data as Float32Array).slice(0, layer.channels * size);
  }
  if (!logits.every(Number.isFinite)) {
    throw new SmearLensError('numeric', `${p.model.file}: gives scores that are no numbers for a masked image.`, 'The model overflows on it. Check its preprocessing in model.json, or use a float32 export.');
  }
  return { logits, activation };
}

function feedsOf({ prepared: p, layer, place, names }: MaskedSession, pixels: Float32Array, masks: Float32Array, fill: readonly number[]): InferenceSession.FeedsType {
  const own = p.feeds(pixels);
  const { [p.image.name]: image, ...others } = own;
  const { width, height } = p.resolved.input;
  const first = p.image.layout === 'NCHW';
  const maskTensor = new Tensor('float32', masks, [masks.length / (layer.height * layer.width), 1, layer.height, layer.width]);
  if (place === 'layer') return { ...others, [names.image]: image, [names.masks]: maskTensor };
  return {
    ...others,
    [names.image]: new Tensor('float32', pixels, first ? [1, 3, height, width] : [1, height, width, 3]),
    [names.fill]: new Tensor('float32', Float32Array.from(fill), first ? [1, 3, 1, 1] : [1, 1, 1, 3]),
    [names.masks]: maskTensor,
  };
}

/** Logits of three masks without pattern. */
async function probeMasks(open: MaskedSession): Promise<Float32Array> {
  const { layer, prepared: p } = open;
  const size = layer.height * layer.width;
  const pixels = probeInput(3 * p.resolved.input.width * p.resolved.input.height);
  const masks = probeInput(3 * size).map(Math.abs);
  return (await runMasked(open, pixels, masks, [0, 0, 0])).logits;
}
