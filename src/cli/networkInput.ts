/** What goes into the network, and the picture that the overlays are drawn on. */
import * as fs from 'node:fs/promises';
import { SmearLensError } from '../errors';
import { decodeFile } from '../images/decode';
import { readNpy } from '../images/npy';
import { fieldOf, fromTensor, toTensor, type Field } from '../images/tensor';
import type { InputSpec, RgbImage } from '../images/types';

export interface NetworkInput {
  readonly tensor: Float32Array;
  /** The image or, where there is none, what the tensor shows. */
  readonly picture: RgbImage;
  /** The part of the picture that the network sees; undefined: all of it. */
  readonly field: Field | undefined;
}

/**
 * @param imagePath undefined only where a tensor is given; with a tensor the image is only drawn on
 * @param tensorPath a .npy file with the network's input, in place of the image
 * @throws SmearLensError `image-*`, `input-invalid`
 */
export async function networkInput(imagePath: string | undefined, tensorPath: string | undefined, input: InputSpec): Promise<NetworkInput> {
  const image = imagePath === undefined ? undefined : await decodeFile(imagePath, { background: input.background, window: input.window });
  const tensor = tensorPath !== undefined ? await readTensor(tensorPath, input) : image && (await toTensor(image, input));
  if (!tensor) throw new SmearLensError('input-invalid', 'Neither an image nor a tensor was given.', 'Give an image, or --tensor FILE.npy.');
  return { tensor, picture: image ?? fromTensor(tensor, input), field: image && fieldOf(image, input) };
}

async function readTensor(file: string, input: InputSpec): Promise<Float32Array> {
  const bytes = await fs.readFile(file).catch((error: Error) => {
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${error.message}).`, 'Check the path.');
  });
  const { shape, data } = readNpy(bytes, file);
  const wanted = input.layout === 'NCHW' ? [1, 3, input.height, input.width] : [1, input.height, input.width, 3];
  if (!(data instanceof Float32Array) || shape.join() !== wanted.join()) {
    throw new SmearLensError('input-invalid', `${file}: is ${data instanceof Float32Array ? 'float32' : 'uint8'} of shape ${shape.join('×')}; the network takes float32 of shape ${wanted.join('×')}.`, "Save the exact network input, batch 1, in the network's own layout.");
  }
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new SmearLensError('input-invalid', `${file}: element ${bad} is ${data[bad]}.`, 'Check how the tensor was made; every element must be a finite number.');
  return data;
}
