/** Model manifests: `model.json` beside the ONNX file. */
import * as fs from 'node:fs/promises';
import Ajv from 'ajv';
import schema from '../../models/model.schema.json';
import { SmearLensError } from '../errors';
import type { InputSpec } from '../images/types';
import type { ClassInfo } from '../protocol/analysis';

/** As it stands in the file; see models/model.schema.json for what each field means. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly name: string;
  readonly architecture?: string;
  readonly file: string;
  readonly sha256?: string;
  readonly classes: readonly ClassInfo[];
  readonly input: Partial<InputSpec> & Pick<InputSpec, 'width' | 'height'>;
  readonly output?: { readonly name?: string; readonly kind?: 'logits' | 'probabilities'; readonly activation?: 'softmax' | 'sigmoid' };
  readonly explain?: { readonly layer?: string };
  readonly calibration?: { readonly temperature?: number };
  readonly domain?: Readonly<Record<string, unknown>>;
  readonly training?: Readonly<Record<string, unknown>>;
}

const validate = new Ajv({ allErrors: true }).compile<Manifest>(schema);

/**
 * Reads and checks a manifest.
 * @throws SmearLensError `model-not-found`, `manifest-invalid` with every fault and its place
 */
export async function readManifest(file: string): Promise<Manifest> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    throw new SmearLensError('model-not-found', `${file}: cannot be read (${(error as Error).message}).`, 'Check the path and its permissions.');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SmearLensError('manifest-invalid', `${file}: is no JSON (${(error as Error).message}).`, 'Correct the file; VS Code underlines the place.');
  }
  return checkManifest(parsed, file);
}

/**
 * A manifest's fields against its schema.
 * @param file that errors name
 * @throws SmearLensError `manifest-invalid` with every fault and its place
 */
export function checkManifest(parsed: unknown, file: string): Manifest {
  if (!validate(parsed)) {
    const faults = (validate.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message ?? ''}${e.keyword === 'additionalProperties' ? ` ('${String(e.params.additionalProperty)}')` : ''}`);
    throw new SmearLensError('manifest-invalid', `${file}: ${faults.join('; ')}.`, 'Correct the fields named; models/model.schema.json describes them.');
  }
  return parsed;
}
