/** How large a model is. */
import * as fs from 'node:fs';
import type { ResolvedModel } from '../models/resolve';
import { readModel } from '../onnx/model';

export interface ModelFacts {
  /** Of the ONNX file and the files that hold its weights. */
  readonly bytes: number;
  /** Elements of all initialisers. */
  readonly parameters: number;
}

/** @throws SmearLensError `model-*` where the file is no ONNX model */
export function modelFacts({ onnxPath, dataFiles }: ResolvedModel): ModelFacts {
  const bytes = [onnxPath, ...dataFiles].reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const parameters = readModel(onnxPath).proto.graph.initializer.reduce((sum, { dims }) => sum + dims.reduce((product, d) => product * Number(d), 1), 0);
  return { bytes, parameters };
}
