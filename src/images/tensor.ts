/** From a decoded image to a network's input, by the `input` part of a model manifest. */
import type { FitEnum, KernelEnum } from 'sharp';
import { SmearLensError } from '../errors';
import { resample } from './resample';
import { loadSharp } from './sharp';
import type { InputSpec, RgbImage } from './types';

const KERNELS = { nearest: 'nearest', bilinear: 'linear', bicubic: 'cubic', lanczos3: 'lanczos3' } as const satisfies Record<
  InputSpec['interpolation'],
  keyof KernelEnum
>;
const FITS = { stretch: 'fill', cover: 'cover', contain: 'contain' } as const satisfies Record<InputSpec['resize'], keyof FitEnum>;

/** The parts of an {@link InputSpec} that resizing needs. */
export type ResizeSpec = Pick<InputSpec, 'width' | 'height' | 'resize' | 'interpolation' | 'antialias' | 'pad'>;

/**
 * Brings an image to the network's size. Training uses this very function, so that a model sees what it was trained on.
 * With antialiasing it is sharp's resize (bicubic is Catmull-Rom there), without it images/resample.ts; `cover` crops and
 * `contain` pads in equal parts on both sides, an odd pixel over at the right or bottom.
 * @returns uint8 [height, width, 3], RGB; the image's own data where it has that size already
 * @throws SmearLensError `manifest-invalid` for lanczos3 without antialiasing, which no common library defines
 */
export async function resizeRgb(image: RgbImage, spec: ResizeSpec): Promise<Uint8Array> {
  if (!spec.antialias) return resizeWithoutAntialias(image, spec);
  // Every filter of every fit leaves such an image as it is.
  if (image.width === spec.width && image.height === spec.height) return image.data;
  const sharp = await loadSharp();
  const [r, g, b] = spec.pad;
  const resized = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false })
    .resize(spec.width, spec.height, {
      fit: FITS[spec.resize],
      kernel: KERNELS[spec.interpolation],
      background: { r, g, b },
      fastShrinkOnLoad: false,
    })
    .raw()
    .toBuffer();
  return new Uint8Array(resized.buffer, resized.byteOffset, resized.length);
}

/**
 * The network's input: batch 1, `spec.layout`, channels in the order of `spec.colour`.
 * Each element is float32((value × scale − mean) / std), computed in float64 in that order of operations and rounded to
 * float32 once; `mean` and `std` follow the order of `spec.colour`.
 * @returns 3 · width · height values
 * @throws SmearLensError as {@link resizeRgb}
 */
export async function toTensor(image: RgbImage, spec: InputSpec): Promise<Float32Array> {
  const rgb = await resizeRgb(image, spec);
  const pixels = spec.width * spec.height;
  const tensor = new Float32Array(pixels * 3);
  for (let channel = 0; channel < 3; channel++) {
    const table = normalisedValues(spec, channel);
    const source = spec.colour === 'RGB' ? channel : 2 - channel;
    const [start, step] = spec.layout === 'NCHW' ? [channel * pixels, 1] : [channel, 3];
    for (let pixel = 0; pixel < pixels; pixel++) tensor[start + pixel * step] = table[rgb[pixel * 3 + source]]!;
  }
  return tensor;
}

/** The 256 values a channel can take. */
function normalisedValues({ scale, mean, std }: InputSpec, channel: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value * scale - mean[channel]) / std[channel]);
}

function resizeWithoutAntialias(image: RgbImage, spec: ResizeSpec): Uint8Array {
  const { width, height, interpolation } = spec;
  if (interpolation === 'lanczos3') {
    throw new SmearLensError(
      'manifest-invalid',
      "The model's input asks for lanczos3 without antialiasing, which is not defined.",
      'Set "antialias": true, or another "interpolation", in model.json.',
    );
  }
  if (spec.resize === 'stretch') return resample(image, width, height, interpolation);
  const factors = [width / image.width, height / image.height];
  const factor = spec.resize === 'cover' ? Math.max(...factors) : Math.min(...factors);
  const innerWidth = Math.max(1, Math.round(image.width * factor));
  const innerHeight = Math.max(1, Math.round(image.height * factor));
  const inner = resample(image, innerWidth, innerHeight, interpolation);
  return placeCentred(inner, innerWidth, innerHeight, spec);
}

/** Crops or pads to the wanted size, as sharp does: crops begin at ceil(excess / 2), padding at floor(lack / 2). */
function placeCentred(inner: Uint8Array, innerWidth: number, innerHeight: number, { width, height, pad }: ResizeSpec): Uint8Array {
  const left = Math.floor((width - innerWidth) / 2);
  const top = Math.floor((height - innerHeight) / 2);
  const out = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const inside = x >= left && x < left + innerWidth && y >= top && y < top + innerHeight;
      for (let c = 0; c < 3; c++) {
        out[(y * width + x) * 3 + c] = inside ? inner[((y - top) * innerWidth + x - left) * 3 + c] : pad[c];
      }
    }
  }
  return out;
}

/** A rectangle in pixels of an image; it may reach over the image's edges. */
export interface Field {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The part of an image that the network's input shows: the whole of it after `stretch` (undefined), its middle after `cover`,
 * more than it after `contain`.
 */
export function fieldOf(image: Pick<RgbImage, 'width' | 'height'>, spec: Pick<InputSpec, 'width' | 'height' | 'resize'>): Field | undefined {
  if (spec.resize === 'stretch') return undefined;
  const fit = spec.resize === 'cover' ? Math.min : Math.max;
  const pixel = fit(image.width / spec.width, image.height / spec.height);
  const [width, height] = [spec.width * pixel, spec.height * pixel];
  return { x: (image.width - width) / 2, y: (image.height - height) / 2, width, height };
}

/** The picture that a network input shows: the inverse of {@link toTensor}, rounded and clamped to 0 to 255. */
export function fromTensor(tensor: Float32Array, spec: InputSpec): RgbImage {
  const pixels = spec.width * spec.height;
  const data = new Uint8Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) {
    const target = spec.colour === 'RGB' ? channel : 2 - channel;
    const [start, step] = spec.layout === 'NCHW' ? [channel * pixels, 1] : [channel, 3];
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = (tensor[start + pixel * step] * spec.std[channel] + spec.mean[channel]) / spec.scale;
      data[3 * pixel + target] = Math.min(255, Math.max(0, Math.round(value)));
    }
  }
  return { width: spec.width, height: spec.height, data };
}
