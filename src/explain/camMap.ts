/** A class-activation map as others read it. */
import { SmearLensError } from '../errors';
import type { CamMap } from '../protocol/analysis';

/**
 * Says of a map whether there is anything to see.
 * @param file the model's, which an error names
 * @throws SmearLensError `numeric` where a value is no number
 */
export function camMapOf(file: string, map: Omit<CamMap, 'flat'>): CamMap {
  const { raw, method, classIndex } = map;
  if (!raw.every(Number.isFinite)) {
    throw new SmearLensError('numeric', `${file}: the ${method} map of class ${classIndex} holds values that are no numbers.`, 'Choose another layer, or use a float32 export of the model.');
  }
  return { ...map, flat: raw.every((v) => v === raw[0]) };
}
