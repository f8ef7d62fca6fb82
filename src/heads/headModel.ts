/** A new classifier as one ONNX file: a network up to its features, and a head behind them. */
import { create } from '@bufbuild/protobuf';
import { METADATA_KEY } from '../explain/explained';
import { FEATURES_KEY, type FeatureTensor } from '../explain/features';
import type { Prepared } from '../explain/prepare';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, type OnnxModel } from '../onnx/model';
import { StringStringEntryProtoSchema } from '../onnx/onnx_pb';
import { saveModel } from '../onnx/save';
import { ElementType, floatTensor } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import { RESEARCH_USE } from '../protocol/format';
import type { SoftmaxHead } from './softmaxHead';
import { plainWeights } from './training';

/** Name of the new file's output, where the network has no tensor of that name. */
const OUTPUT = 'logits';
const HEAD_KEY = 'smearlens.head';

/**
 * The network's graph up to its features and a dense layer behind them (Gemm, float32 whatever the network's precision), with the standardisation folded
 * into its weights; what the old head needed alone is left out.
 * @returns the model, and the name of its output, the logits [batch, classes]
 */
export function withHead(p: Prepared, features: FeatureTensor, head: SoftmaxHead): { readonly model: OnnxModel; readonly output: string } {
  const model = cloneModel(p.model);
  const { graph, metadataProps } = model.proto;
  const before = new Graph(model);
  const w = new GraphWriter(before, 'smearlens_head');
  graph.output = [];
  const float = p.facts.get(features.tensor)?.elementType === ElementType.FLOAT ? features.tensor : w.cast(features.tensor, ElementType.FLOAT);
  const row = features.pixels.length > 0 ? w.reduceMean(float, [...features.pixels], false) : float;
  const { weights, biases } = plainWeights(head);
  const [weightName, biasName] = [w.name('weights'), w.name('biases')];
  graph.initializer.push(floatTensor(weightName, [head.classes, head.size], weights), floatTensor(biasName, [head.classes], biases));
  const output = before.has(OUTPUT) ? w.name(OUTPUT) : OUTPUT;
  w.node('Gemm', [row, weightName, biasName], { transB: { int: 1 } }, output);
  w.output(output, ElementType.FLOAT, [p.image.batch ?? batchName(p), head.classes]);
  prune(model);
  const left = new Graph(model);
  graph.valueInfo = graph.valueInfo.filter(({ name }) => name !== undefined && left.has(name));
  const entry = (key: string, value: string): (typeof metadataProps)[number] => create(StringStringEntryProtoSchema, { key, value });
  const own = [METADATA_KEY, HEAD_KEY, ...(features.pixels.length > 0 ? [FEATURES_KEY] : [])];
  model.proto.metadataProps = [...metadataProps.filter(({ key }) => !own.includes(key ?? '')), entry(HEAD_KEY, `Softmax head on '${features.tensor}' of the network with sha256 ${p.resolved.sha256}. ${RESEARCH_USE}`)];
  return { model, output };
}

/** What the file calls its open batch size. */
function batchName({ graph, image }: Prepared): string {
  const type = graph.inputs.find(({ name }) => name === image.name)?.type?.value;
  const batch = type?.case === 'tensorType' ? type.value.shape?.dim[0]?.value : undefined;
  return batch?.case === 'dimParam' && batch.value !== '' ? batch.value : 'batch';
}

/**
 * Writes {@link withHead} as one file, the network's weights copied byte by byte from where they lie.
 * @returns the name of the output
 * @throws SmearLensError `output-unwritable`
 */
export async function writeWithHead(p: Prepared, features: FeatureTensor, head: SoftmaxHead, file: string): Promise<string> {
  const { model, output } = withHead(p, features, head);
  await saveModel(model, file);
  return output;
}
