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
 * @param calibrate whether temperatures will be fitted
 * @throws SmearLensError `input-invalid` where models cannot be compared; `model-unsupported` of a model with one output, and of one that no temperature can be
 *   fitted to
 */
export async function modelsOf(resolved: readonly ResolvedModel[], opened: readonly OpenedModel[], calibrate: boolean): Promise<{ classes: readonly ClassInfo[]; models: JournalModel[] }> {
  const [first] = opened;
  for (const [i, model] of opened.entries()) {
    const ids = (m: OpenedModel): string => m.classes.map((c) => c.id).join(', ');
    if (ids(model) !== ids(first)) {
      throw new SmearLensError('input-invalid', `${first.name} has the classes ${ids(first)}, ${model.name} has ${ids(model)}.`, 'Models are compared on the same classes in the same order; evaluate the others by themselves.');
    }
    if (opened.findIndex((m) => m.id === model.id) < i) {
      throw new SmearLensError('input-invalid', `Two models have the id '${model.id}'.`, "Give each an 'id' of its own in its model.json; results are named by it.");
    }
    if (model.classes.length < 2) {
      throw new SmearLensError('model-unsupported', `${model.name} has one output, so that there is no second class to tell its class from.`, 'Export it with one output for each class: of a score p the two are 1 − p and p.');
    }
    if (model.activation === 'sigmoid' && calibrate) {
      throw new SmearLensError('model-unsupported', `${model.name} scores each class by itself (sigmoid); a temperature is fitted to a softmax over all classes.`, 'Evaluate it without a validation part, or evaluate the other models by themselves.');
    }
  }
  const models = await Promise.all(
    resolved.map(async (r, i) => {
      const { id, name, sha256, provider, activation } = opened[i];
      const scores = activation === 'sigmoid' ? ({ scores: 'one-vs-rest' } as const) : {};
      return { key: await keyOf(r, opened[i]), id, name, sha256, ...(await modelFacts(r)), provider, temperature: r.temperature, ...scores, hasDomain: r.domain !== undefined };
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
