import * as fs from 'node:fs';
import * as path from 'node:path';
import { SmearLensError } from '../errors';

/**
 * Path of the manifest of the model that comes with the extension: the first `models/<id>/model.json`, by name.
 *
 * @param root the extension's folder
 * @throws SmearLensError `model-not-found` where the installation has none
 */
export function defaultModel(root: string): string {
  const models = path.join(root, 'models');
  const ids = fs.existsSync(models) ? fs.readdirSync(models).sort() : [];
  const manifest = ids.map((id) => path.join(models, id, 'model.json')).find((file) => fs.existsSync(file));
  if (!manifest) {
    throw new SmearLensError('model-not-found', `There is no model in ${models}.`, "Install SmearLens again, or choose a model of your own ('SmearLens: Choose Model', or --model on the command line).");
  }
  return manifest;
}
