/** What a run's models are, as its journal and its results name them. */
import { createHash } from 'node:crypto';
import { env } from 'onnxruntime-node';
import { SmearLensError } from '../../errors';
import { hashFile, type ResolvedModel } from '../../models/resolve';
import type { ClassInfo } from '../../protocol/analysis';
import { modelFacts } from '../modelFacts';
import type { JournalModel } from './journal';
import type { OpenedModel } from './thread';

/**
 * @param opened the same models, in the same order
 * @throws SmearLensError `input-invalid` where models cannot be compared; `model-unsupported` where scores are no probabilities
 */
export async function modelsOf(resolved: readonly ResolvedModel[], opened: readonly OpenedModel[]): Promise<{ classes: readonly ClassInfo[]; models: JournalModel[] }> {
  const [first] = opened;
  for (const [i, model] of opened.entries()) {
    const ids = (m: OpenedModel): string => m.classes.map((c) => c.id).join(', ');
    if (ids(model) !== ids(first)) {
      throw new SmearLensError('input-invalid', `${first.name} has the classes ${ids(first)}, ${model.name} has ${ids(model)}.`, 'Models are compared on the same classes in the same order; evaluate the others by themselves.');
    }
    if (opened.findIndex((m) => m.id === model.id) < i) {
      throw new SmearLensError('input-invalid', `Two models have the id '${model.id}'.`, "Give each an 'id' of its own in its model.json; results are named by it.");
    }
    if (model.activation === 'sigmoid') {
      throw new SmearLensError('model-unsupported', `${model.name} scores each class by itself (sigmoid), so its scores are no probabilities of one class out of several.`, 'The figures are those of a classifier with softmax.');
    }
  }
  const models = await Promise.all(
    resolved.map(async (r, i) => {
      const { id, name, sha256, provider } = opened[i];
      return { key: await keyOf(r, opened[i]), id, name, sha256, ...(await modelFacts(r)), provider, temperature: r.temperature, hasDomain: r.domain !== undefined };
    }),
  );
  return { classes: first.classes, models };
}

/** Of all that an image's scores depend on: weights, input, output, what computes them, and in which batches. */
async function keyOf({ sha256, dataFiles, input, output, domain }: ResolvedModel, { provider, batch }: OpenedModel): Promise<string> {
  const data = await Promise.all(dataFiles.map(hashFile));
  const facts = { sha256, data, input, output, features: domain?.features, provider, batch, runtime: env.versions.node ?? env.versions.common };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
