/** From what a user names (a manifest, its folder, a bare ONNX file) to everything needed to run the model. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SmearLensError } from '../errors';
import type { InputSpec } from '../images/types';
import { Graph } from '../onnx/graph';
import { readModel, weightFiles } from '../onnx/model';
import type { ClassInfo } from '../protocol/analysis';
import { parseClassColours, type ClassColour } from './classColours';
import { parseDomain, type DomainModel } from './domain';
import { readManifest, type Manifest } from './manifest';
import { defaultInputSpec, inputsOf } from './network';

/** A model with every default filled in. */
export interface ResolvedModel {
  readonly id: string;
  readonly name: string;
  /** Absolute. */
  readonly onnxPath: string;
  /** Of the ONNX file. */
  readonly sha256: string;
  /** Undefined for a bare file: its classes are named "0", "1", ... once the size of its logits is known. */
  readonly classes: readonly ClassInfo[] | undefined;
  readonly input: InputSpec;
  /** Name of the graph output; the first one where undefined. */
  readonly output: string | undefined;
  /** What turns logits into probabilities; the graph's own last operator decides where undefined. */
  readonly activation: 'softmax' | 'sigmoid' | undefined;
  /** `auto` or a tensor's name. */
  readonly layer: string;
  readonly temperature: number;
  readonly domain: DomainModel | undefined;
  /** Of the training images, one a class. */
  readonly classColours: readonly ClassColour[] | undefined;
  /** Absolute paths of the files that hold weights beside the ONNX file. */
  readonly dataFiles: readonly string[];
  /** Names the model's files with their sizes and times: another one means that what was made of the model is out of date. */
  readonly stamp: string;
}

/** By path of the ONNX file. */
const cache = new Map<string, Promise<ResolvedModel>>();

/**
 * Resolves a model; remembered until one of its files changes.
 * @param choice path of a `model.json`, of a folder that holds one, or of a bare `.onnx` file (its own `model.json` is used
 *   where that names it)
 * @throws SmearLensError `model-not-found`, `manifest-invalid`, `model-*`
 */
export async function resolveModel(choice: string): Promise<ResolvedModel> {
  const { manifestPath, onnxPath } = await locate(path.resolve(choice));
  const pending = cache.get(onnxPath);
  const known = pending && (await pending.catch(() => undefined));
  if (known && known.stamp === stampOf([manifestPath, onnxPath, ...known.dataFiles])) return known;
  const model = load(manifestPath, onnxPath);
  cache.set(onnxPath, model);
  return model;
}

/** Where the manifest is, if there is one, and where the ONNX file. */
async function locate(choice: string): Promise<{ manifestPath: string | undefined; onnxPath: string }> {
  const stat = fs.statSync(choice, { throwIfNoEntry: false });
  if (!stat) throw new SmearLensError('model-not-found', `${choice}: there is no such file.`, 'Give a model.json, its folder, or an .onnx file.');
  const manifestPath = stat.isDirectory() ? path.join(choice, 'model.json') : choice;
  if (stat.isDirectory() && !fs.existsSync(manifestPath)) {
    throw new SmearLensError('model-not-found', `${choice}: holds no model.json.`, 'Give a folder with a model.json, or the .onnx file itself.');
  }
  if (manifestPath.toLowerCase().endsWith('.json')) {
    const { file } = await readManifest(manifestPath);
    return { manifestPath, onnxPath: path.resolve(path.dirname(manifestPath), file) };
  }
  const beside = path.join(path.dirname(choice), 'model.json');
  if (fs.existsSync(beside)) {
    const { file } = await readManifest(beside);
    if (path.resolve(path.dirname(beside), file) === choice) return { manifestPath: beside, onnxPath: choice };
  }
  return { manifestPath: undefined, onnxPath: choice };
}

function stampOf(files: readonly (string | undefined)[]): string {
  const stamp = (file: string): string => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    return `${file}:${stat?.size ?? 'absent'}:${stat?.mtimeMs ?? ''}\n`;
  };
  return files.map((file) => (file === undefined ? '' : stamp(file))).join('');
}

async function load(manifestPath: string | undefined, onnxPath: string): Promise<ResolvedModel> {
  if (!fs.existsSync(onnxPath)) throw new SmearLensError('model-not-found', `${onnxPath}: there is no such file.`, "Check 'file' in model.json, or put the file there.");
  // Before anything is read, so that a change meanwhile is noticed the next time.
  const stamp = stampOf([manifestPath, onnxPath]);
  const [manifest, sha256] = await Promise.all([manifestPath === undefined ? undefined : readManifest(manifestPath), hashFile(onnxPath)]);
  if (manifest?.sha256 !== undefined && manifest.sha256 !== sha256) {
    throw new SmearLensError('manifest-invalid', `${onnxPath}: is not the file that ${String(manifestPath)} describes (its sha256 differs).`, "Restore the file, or correct 'sha256' if you changed the model on purpose.");
  }
  return withManifest(manifest, { onnxPath, sha256, stamp, manifestPath: String(manifestPath) });
}

/** A file as it would be resolved with this manifest, which is not written yet. */
export function resolveDraft(onnxPath: string, sha256: string, manifest: Partial<Manifest>): ResolvedModel {
  return withManifest(manifest, { onnxPath, sha256, stamp: stampOf([onnxPath]), manifestPath: onnxPath });
}

interface Origin extends Pick<ResolvedModel, 'onnxPath' | 'sha256' | 'stamp'> {
  /** Errors name it. */
  readonly manifestPath: string;
}

function withManifest(manifest: Partial<Manifest> | undefined, { onnxPath, sha256, stamp, manifestPath }: Origin): ResolvedModel {
  const model = readModel(onnxPath);
  const dataFiles = weightFiles(model).filter((file) => file !== onnxPath);
  const defaults = defaultInputSpec(inputsOf(new Graph(model), manifest?.input?.layout).image);
  return {
    id: manifest?.id ?? path.basename(onnxPath, path.extname(onnxPath)),
    name: manifest?.name ?? path.basename(onnxPath),
    onnxPath,
    sha256,
    classes: manifest?.classes,
    input: { ...defaults, ...manifest?.input },
    output: manifest?.output?.name,
    activation: manifest?.output?.activation,
    layer: manifest?.explain?.layer ?? 'auto',
    temperature: manifest?.calibration?.temperature ?? 1,
    domain: manifest?.domain && parseDomain(manifest.domain, manifestPath),
    classColours: manifest?.classes && parseClassColours(manifest.training, manifest.classes, manifestPath),
    dataFiles,
    stamp: stamp + stampOf(dataFiles),
  };
}

/**
 * SHA-256 of a model's file, lower-case hex.
 * @throws SmearLensError `model-not-found` where it cannot be read
 */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(fs.createReadStream(file), hash);
  } catch (error) {
    throw new SmearLensError('model-not-found', `${file}: cannot be read (${(error as Error).message}).`, 'Check the path and its permissions.');
  }
  return hash.digest('hex');
}
