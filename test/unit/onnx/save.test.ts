/** Saving: what is in the file, and what is left of the old one when something goes wrong. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { afterAll, describe, expect, it } from 'vitest';
import { readModel, type OnnxModel } from '../../../src/onnx/model';
import { ModelProtoSchema } from '../../../src/onnx/onnx_pb';
import { saveModel } from '../../../src/onnx/save';
import { externalSpan } from '../../../src/onnx/tensors';
import { fixture, Scratch } from './fixtures';

const scratch = new Scratch();
afterAll(() => scratch.remove());
const at = (name: string): string => path.join(scratch.path, name);

/** A copy of the model whose weights are in a file beside it. */
function externalModel(folder: string): OnnxModel {
  fs.mkdirSync(at(folder));
  for (const name of ['weights-external.onnx', 'weights-external.onnx.data']) fs.copyFileSync(path.join(path.dirname(fixture('x')), name), at(`${folder}/${name}`));
  return readModel(at(`${folder}/weights-external.onnx`));
}

/** Every initialiser's bytes, wherever they lie. */
function weightsOf(file: string): Map<string | undefined, string> {
  const model = readModel(file);
  return new Map(
    model.proto.graph.initializer.map((tensor) => {
      const span = externalSpan(tensor);
      const bytes = span ? fs.readFileSync(path.join(model.folder, span.location)).subarray(span.offset, span.offset + (span.length ?? Infinity)) : Buffer.from(tensor.rawData ?? []);
      return [tensor.name, bytes.toString('base64')];
    }),
  );
}

describe('saveModel', () => {
  it.each(['vgg', 'weights-external'])('%s: puts all weights into the one file', async (name) => {
    const file = at(`new/folder/${name}.onnx`);
    await saveModel(readModel(fixture(name)), file);
    const proto = fromBinary(ModelProtoSchema, fs.readFileSync(file));
    expect(proto.graph?.initializer.filter((t) => t.externalData.length > 0)).toEqual([]);
    expect(weightsOf(file)).toEqual(weightsOf(fixture(name)));
    expect(fs.readdirSync(at('new/folder')).filter((f) => f.includes('.part'))).toEqual([]);
  });

  it.each(['vgg', 'weights-external'])('%s: puts weights that are too large for it into a file beside it', async (name) => {
    const file = at(`${name}-beside.onnx`);
    await saveModel(readModel(fixture(name)), file, 1000);
    const locations = readModel(file).proto.graph.initializer.flatMap((t) => externalSpan(t)?.location ?? []);
    expect(locations.length).toBeGreaterThan(0);
    expect(new Set(locations)).toEqual(new Set([`${name}-beside.onnx.data`]));
    expect(weightsOf(file)).toEqual(weightsOf(fixture(name)));
  });

  it('refuses to write over the model and over its weights, by whatever path', async () => {
    const model = externalModel('original');
    fs.symlinkSync(at('original'), at('link'));
    const before = fs.readdirSync(at('original')).map((f) => fs.readFileSync(at(`original/${f}`)).toString('base64'));
    for (const name of ['original/weights-external.onnx', 'original/../original/weights-external.onnx', 'original/weights-external.onnx.data', 'link/weights-external.onnx']) {
      await expect(saveModel(model, at(name)), name).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('weights-external.onnx') as unknown });
    }
    // The file itself has another name; the one beside it would not.
    fs.renameSync(at('original/weights-external.onnx'), at('original/m.onnx'));
    const renamed = readModel(at('original/m.onnx'));
    await expect(saveModel(renamed, at('original/weights-external.onnx'), 0)).rejects.toMatchObject({ code: 'output-unwritable' });
    fs.renameSync(at('original/m.onnx'), at('original/weights-external.onnx'));
    expect(fs.readdirSync(at('original')).map((f) => fs.readFileSync(at(`original/${f}`)).toString('base64'))).toEqual(before);
  });

  it.each([undefined, 0])('leaves the old file as it was when it fails (weights inside up to %s bytes)', async (largest) => {
    const folder = `cut-${String(largest)}`;
    const model = externalModel(folder);
    fs.truncateSync(at(`${folder}/weights-external.onnx.data`), 10);
    fs.writeFileSync(at(`${folder}/out.onnx`), 'the old one');
    fs.writeFileSync(at(`${folder}/out.onnx.data`), 'and its data');
    const before = fs.readdirSync(at(folder));
    await expect(saveModel(model, at(`${folder}/out.onnx`), largest)).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('out.onnx') as unknown });
    expect(fs.readFileSync(at(`${folder}/out.onnx`), 'utf8')).toBe('the old one');
    expect(fs.readFileSync(at(`${folder}/out.onnx.data`), 'utf8')).toBe('and its data');
    expect(fs.readdirSync(at(folder))).toEqual(before);
  });

  it('says so where nothing can be written', async () => {
    fs.writeFileSync(at('file'), '');
    await expect(saveModel(readModel(fixture('vgg')), at('file/out.onnx'))).rejects.toMatchObject({ code: 'output-unwritable', message: expect.stringContaining('out.onnx') as unknown });
  });
});
