/** HiResCAM, LayerCAM, XGrad-CAM and Eigen-CAM of one image, from a session that gives the activation and the gradients. */
import { runSession } from '../inference/session';
import type { CamMap, CamMethod, ProviderName } from '../protocol/analysis';
import type { MoreMethods } from '../protocol/moreMethods';
import { camMapOf } from './camMap';
import { GRADIENT_OUTPUTS, type Explained } from './explained';
import type { Layer } from './layer';
import { eigenCam, hiResCam, layerCam, xGradCam } from './moreCams';
import { feedsOf, openModel, type OpenModel } from './openModel';
import type { Prepared } from './prepare';

/** Opened with {@link openGradients}. */
export interface GradientSession extends OpenModel {
  readonly explained: Explained;
}

/** @throws SmearLensError `op-not-differentiable`, and what {@link openModel} throws */
export async function openGradients(p: Prepared, layer: Layer, provider: ProviderName): Promise<GradientSession> {
  // A layer is named, so the session explains.
  return (await openModel(p, provider, layer.tensor, GRADIENT_OUTPUTS)) as GradientSession;
}

const BY_CLASS: readonly [CamMethod, typeof hiResCam][] = [['hirescam', hiResCam], ['layercam', layerCam], ['xgrad-cam', xGradCam]];

/**
 * The maps of `rows` (class indices). A model of few classes takes one run; one of many a run a class, so that the gradients of one
 * class at a time are in memory, and yields what it has after each.
 * @param session the session, kept from being closed or opened anew: other calls may come between two steps
 * @throws SmearLensError `numeric` where a map holds what is no number
 */
export async function* moreMethods(session: () => Promise<GradientSession>, pixels: Float32Array, rows: readonly number[]): AsyncGenerator<MoreMethods, MoreMethods> {
  const start = performance.now();
  const { explained, prepared, provider } = await session();
  const { file } = prepared.model;
  const { layer, channels, height, width, classRows, uniformGradient } = explained;
  const size = height * width;
  const portions = classRows === null ? [rows] : rows.map((row) => [row]);
  const maps: CamMap[] = [];
  let eigen: Float32Array | undefined;
  const state = (done: number): MoreMethods => ({ layer, channels, height, width, uniformGradient, maps: [...maps], done, total: portions.length, provider, milliseconds: performance.now() - start });
  for (const [done, portion] of portions.entries()) {
    const { activation, gradients } = await runGradients(await session(), pixels, portion);
    eigen ??= eigenCam(activation, size);
    for (const [i, classIndex] of portion.entries()) {
      // Without an input for rows there is a gradient for each class.
      const block = (classRows === null ? classIndex : i) * channels * size;
      const gradient = gradients.subarray(block, block + channels * size);
      for (const [method, map] of BY_CLASS) maps.push(camMapOf(file, { method, variant: 'none', classIndex, raw: map(activation, gradient, size) }));
      maps.push(camMapOf(file, { method: 'eigen-cam', variant: 'none', classIndex, raw: eigen }));
    }
    if (done + 1 < portions.length) yield state(done + 1);
  }
  return state(portions.length);
}

/** A: [K, h·w] and g = dY_c/dA: [C, K, h·w]. */
async function runGradients(open: GradientSession, pixels: Float32Array, rows: readonly number[]): Promise<{ activation: Float32Array; gradients: Float32Array }> {
  const { activation, gradients } = open.explained;
  const results = await runSession(open.session, feedsOf(open, pixels, rows), open.prepared.model.file, [activation, gradients]);
  return { activation: results[activation].data as Float32Array, gradients: results[gradients].data as Float32Array };
}
