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
    const { channel, at } = placesOf(spec, colour);
    return Float32Array.from({ length: height * width }, (_, pixel) => (input[at(pixel)] * std[channel] + mean[channel]) / scale);
  };
  return { height, width, planes: [plane(0), plane(1), plane(2)] };
}

/** The inverse of {@link pictureOf}. */
export function inputOf({ planes }: Picture, spec: InputSpec): Float32Array {
  const input = new Float32Array(3 * spec.height * spec.width);
  planes.forEach((plane, colour) => {
    const { channel, at } = placesOf(spec, colour);
    plane.forEach((value, pixel) => (input[at(pixel)] = (value * spec.scale - spec.mean[channel]) / spec.std[channel]));
  });
  return input;
}

/** The same change to each plane. */
export function mapPlanes(picture: Picture, change: (plane: Float32Array, colour: number) => Float32Array): Picture {
  const [r, g, b] = picture.planes;
  return { ...picture, planes: [change(r, 0), change(g, 1), change(b, 2)] };
}

/** Where red (0), green (1) or blue (2) lies in the network's input. */
function placesOf({ layout, colour: order, height, width }: InputSpec, colour: number): { channel: number; at: (pixel: number) => number } {
  const channel = order === 'RGB' ? colour : 2 - colour;
  return { channel, at: (pixel) => (layout === 'NCHW' ? channel * height * width + pixel : 3 * pixel + channel) };
}
