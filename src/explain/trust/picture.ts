/** The picture that a network input shows, as planes that can be changed and put back. */
import type { InputSpec } from '../../images/types';

/** Red, green and blue, 0 to 255, one plane each, row-major; not rounded, so that what is not changed comes back as it was. */
export interface Picture {
  readonly height: number;
  readonly width: number;
  readonly planes: readonly [Float32Array, Float32Array, Float32Array];
}

/** @param input float32, batch 1, in the network's layout */
export function pictureOf(input: Float32Array, spec: InputSpec): Picture {
  const { height, width, scale, mean, std } = spec;
  const plane = (colour: number): Float32Array => {
    const values = new Float32Array(height * width);
    const { channel, start, step } = placesOf(spec, colour);
    for (let pixel = 0, i = start; pixel < values.length; pixel++, i += step) values[pixel] = (input[i] * std[channel] + mean[channel]) / scale;
    return values;
  };
  return { height, width, planes: [plane(0), plane(1), plane(2)] };
}

/** The inverse of {@link pictureOf}. */
export function inputOf({ planes }: Picture, spec: InputSpec): Float32Array {
  const { height, width, scale, mean, std } = spec;
  const input = new Float32Array(3 * height * width);
  planes.forEach((plane, colour) => {
    const { channel, start, step } = placesOf(spec, colour);
    for (let pixel = 0, i = start; pixel < plane.length; pixel++, i += step) input[i] = (plane[pixel] * scale - mean[channel]) / std[channel];
  });
  return input;
}

/** The same change to each plane. */
export function mapPlanes(picture: Picture, change: (plane: Float32Array, colour: number) => Float32Array): Picture {
  const [r, g, b] = picture.planes;
  return { ...picture, planes: [change(r, 0), change(g, 1), change(b, 2)] };
}

/** Where red (0), green (1) or blue (2) lies in the network's input. */
function placesOf({ layout, colour: order, height, width }: InputSpec, colour: number): { channel: number; start: number; step: number } {
  const channel = order === 'RGB' ? colour : 2 - colour;
  return layout === 'NCHW' ? { channel, start: channel * height * width, step: 1 } : { channel, start: channel, step: 3 };
}
