/** From image files to what the engine and the editor take: the part of a call that needs no session. */
import { decodeFile } from '../images/decode';
import { renderPng } from '../images/render';
import { fieldOf, toTensor } from '../images/tensor';
import { resolveModel } from '../models/resolve';
import type { Preparation } from './server';

export const preparation: Preparation = {
  async analyse({ imagePath, model }, signal) {
    const { input } = await resolveModel(model.path);
    const { background, window } = input;
    const image = await decodeFile(imagePath, { background, window, signal });
    signal.throwIfAborted();
    const tensor = await toTensor(image, input);
    const { sha256, width, height } = image;
    return { image: { path: imagePath, sha256, width, height, field: fieldOf(image, input) }, tensor };
  },

  async render({ imagePath, maxSide }, signal) {
    const image = await decodeFile(imagePath, { signal });
    signal.throwIfAborted();
    return { png: await renderPng(image, maxSide), width: image.width, height: image.height };
  },
};
