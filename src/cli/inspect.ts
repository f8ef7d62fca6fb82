/** `smearlens inspect`: what an ONNX file is, which layers it has, and what stands in the way of explaining it. */
import { SmearLensError, toErrorInfo } from '../errors';
import { chooseLayer, type Layer } from '../explain/layer';
import { describeLayers } from '../explain/layerChoices';
import { prepare, type Prepared } from '../explain/prepare';
import { resolveModel } from '../models/resolve';
import { missingRules } from '../onnx/differentiate';
import { describeNode } from '../onnx/graph';
import type { ValueInfoProto } from '../onnx/onnx_pb';
import type { LayerInfo } from '../protocol/inference';
import type { Output } from './output';

export async function inspect(file: string, output: Output): Promise<void> {
  const p = await prepare(await resolveModel(file));
  const report = reportOf(p);
  output.result(report, () => text(report));
}

interface Report {
  readonly path: string;
  readonly sha256: string;
  readonly opset: number;
  readonly inputs: readonly { name: string; shape: (number | string)[] }[];
  readonly outputs: readonly { name: string; shape: (number | string)[] }[];
  readonly layout: 'NCHW' | 'NHWC';
  readonly logits: string;
  readonly activation: string;
  readonly classes: number;
  /** Chosen automatically; null where there is none. */
  readonly layer: string | null;
  /** Why there is none. */
  readonly layerError: string | undefined;
  /** From image to logits. */
  readonly layers: readonly LayerInfo[];
  /** Operators behind the automatic layer that the differentiator lacks. */
  readonly unsupported: readonly string[];
}

function reportOf(p: Prepared): Report {
  const { graph, image, logits } = p;
  const automatic = automaticLayer(p);
  return {
    path: p.resolved.onnxPath,
    sha256: p.resolved.sha256,
    opset: graph.opset,
    inputs: graph.inputs.map(signature),
    outputs: graph.model.proto.graph.output.map(signature),
    layout: image.layout,
    logits: logits.tensor,
    activation: logits.activation,
    classes: p.classes,
    layer: 'error' in automatic ? null : automatic.layer.tensor,
    layerError: 'error' in automatic ? automatic.error : undefined,
    layers: describeLayers(p),
    unsupported: 'error' in automatic ? [] : missingRules(graph, automatic.layer.tensor, logits.tensor).map(describeNode),
  };
}

function automaticLayer(p: Prepared): { layer: Layer } | { error: string } {
  try {
    return { layer: chooseLayer(p.graph, p.facts, p.image.name, p.logits.tensor) };
  } catch (error) {
    if (error instanceof SmearLensError) return { error: toErrorInfo(error).message };
    throw error;
  }
}

function signature(info: ValueInfoProto): { name: string; shape: (number | string)[] } {
  const type = info.type?.value.case === 'tensorType' ? info.type.value.value : undefined;
  const shape = type?.shape?.dim.map(({ value }) => (value.case === 'dimValue' ? Number(value.value) : value.value || '?')) ?? [];
  return { name: info.name ?? '', shape };
}

function text(r: Report): string {
  const list = (entries: Report['inputs']): string => entries.map((e) => `${e.name} [${e.shape.join(', ')}]`).join('; ');
  return [
    `${r.path}  (opset ${r.opset}, sha256 ${r.sha256})`,
    `inputs      ${list(r.inputs)}  (${r.layout})`,
    `outputs     ${list(r.outputs)}`,
    `logits      ${r.logits}: ${r.classes} classes${r.activation === 'none' ? '' : `, ${r.activation} inside the model`}`,
    `explains    ${r.layer ?? `nothing: ${r.layerError ?? ''}`}`,
    ...(r.unsupported.length ? [`no gradient ${r.unsupported.join('; ')}`] : []),
    'layers      from image to logits, height × width × channels; * is explained by default',
    ...r.layers.map((l) => `  ${l.name === r.layer ? '*' : ' '}${l.differentiable ? ' ' : '!'} ${`${l.height}×${l.width}`.padStart(9)} × ${String(l.channels).padEnd(5)} ${l.op.padEnd(20)} ${l.name}`),
    ...(r.layers.some((l) => !l.differentiable) ? ['  ! behind it stands an operator without a gradient rule'] : []),
  ].join('\n');
}
