/** A decoded image: 8-bit sRGB, row-major, interleaved, EXIF orientation applied, alpha composed away. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** 3 · width · height bytes. */
  readonly data: Uint8Array;
}

/** How pixels become a network's input: the `input` part of a model manifest (docs/ARCHITECTURE.md, 'Contracts'). */
export interface InputSpec {
  readonly tensorName: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly layout: 'NCHW' | 'NHWC';
  readonly colour: 'RGB' | 'BGR';
  readonly resize: 'stretch' | 'cover' | 'contain';
  readonly interpolation: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3';
  /** Whether the filter widens when it shrinks (as Pillow, sharp) or not (as cv2, tf.image). */
  readonly antialias: boolean;
  /** RGB 0 to 255 that `contain` pads with. */
  readonly pad: readonly [number, number, number];
  /** RGB 0 to 255 that transparent pixels are composed onto. */
  readonly background: readonly [number, number, number];
  /** How more than 8 bits become 8: `full` scales the type's whole range, `percentile` maps the 0.1 and 99.9 percentiles to 0 and 255. */
  readonly window: 'full' | 'percentile';
  /** A pixel becomes (value × scale − mean) / std, a channel each in the order of `colour`. */
  readonly scale: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}
