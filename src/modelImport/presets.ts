/** The usual ways of scaling pixels before a network: one table for all who ask. */
import { SmearLensError } from '../errors';
import type { InputSpec } from '../images/types';
import type { PresetId, PresetInfo } from '../protocol/modelImport';

export interface Preset extends PresetInfo, Pick<InputSpec, 'colour' | 'scale' | 'mean' | 'std'> {
  /** Other names that mean the same numbers. */
  readonly aliases: readonly string[];
}

/**
 * Keras's are those of `keras.applications.imagenet_utils.preprocess_input`: 'caffe' is BGR less the means of ImageNet's pixels, 'tf' is −1 to 1, 'torch' is
 * torchvision's normalisation. Keras's EfficientNets and ConvNeXts have their rescaling in the graph and take 0 to 255.
 */
export const PRESETS: readonly Preset[] = [
  { id: '0-1', name: '0 to 1', formula: 'RGB, value / 255', aliases: [], colour: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  { id: 'imagenet', name: "ImageNet mean/std (Keras 'torch')", formula: 'RGB, (value / 255 − [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]', aliases: ['keras-torch', 'torch'], colour: 'RGB', scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  { id: 'keras-caffe', name: "Keras 'caffe'", formula: 'BGR, value − [103.939, 116.779, 123.68]', aliases: ['caffe'], colour: 'BGR', scale: 1, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  { id: 'keras-tf', name: "Keras 'tf' (−1 to 1)", formula: 'RGB, value / 127.5 − 1', aliases: ['tf'], colour: 'RGB', scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  { id: '0-255', name: '0 to 255 (rescaling inside the model)', formula: 'RGB, value', aliases: [], colour: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
];

/** Every name that {@link presetNamed} takes. */
export const PRESET_NAMES: readonly string[] = PRESETS.flatMap(({ id, aliases }) => [id, ...aliases.filter((alias) => alias.startsWith('keras-'))]);

/** @throws SmearLensError `input-invalid` where there is none of that name */
export function presetNamed(name: string): Preset {
  const wanted = name.trim().toLowerCase();
  const found = PRESETS.find(({ id, aliases }) => id === wanted || aliases.includes(wanted));
  if (!found) throw new SmearLensError('input-invalid', `There is no preprocessing '${name}'.`, `Choose one of: ${PRESET_NAMES.join(', ')}.`);
  return found;
}

/** The part of a manifest's `input` that a preset settles. */
export function presetInput(id: PresetId): Pick<InputSpec, 'colour' | 'scale' | 'mean' | 'std'> {
  const { colour, scale, mean, std } = presetNamed(id);
  return { colour, scale, mean, std };
}
