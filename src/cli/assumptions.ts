import type { ResolvedModel } from '../models/resolve';
import type { Output } from './output';

/** A bare ONNX file does not say how its input is prepared: wrong assumptions give confident nonsense, so they are named. */
export function nameAssumptions({ classes, name, input }: ResolvedModel, output: Output): void {
  if (classes !== undefined) return;
  output.log(
    `${name} has no model.json, so its preprocessing is assumed to be ImageNet's: ${input.colour}, stretched to ${input.width}×${input.height} pixels, ` +
      `(value × ${input.scale.toFixed(5)} − [${input.mean.join(', ')}]) / [${input.std.join(', ')}]. Write a model.json if that is wrong.`,
  );
}
