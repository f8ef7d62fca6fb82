import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import * as ort from 'onnxruntime-node';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { createSession, runSession, threadCount } from '../../src/inference/session';
import { readModel, skeletonBytes } from '../../src/onnx/model';
import { ModelProtoSchema, OperatorSetIdProtoSchema, type ModelProto } from '../../src/onnx/onnx_pb';
import { temporaryFolder } from './bundle';

const fixtures = join(import.meta.dirname, '../fixtures/onnx');
const plain = join(fixtures, 'gap-linear-opset13.onnx');
const external = join(fixtures, 'weights-external.onnx');
const temporary = temporaryFolder();
afterAll(() => temporary.remove());

const open: ort.InferenceSession[] = [];
afterEach(() => Promise.all(open.splice(0).map((session) => session.release())));

async function opened(model: string | Uint8Array, folder?: string): Promise<ort.InferenceSession> {
  const session = await createSession(model, { provider: 'cpu', file: 'MODEL', externalDataFolder: folder });
  open.push(session);
  return session;
}

/** The outputs for one fixed input of 1×3×12×16, which both fixtures take. */
async function outputs(session: ort.InferenceSession): Promise<number[]> {
  const values = Float32Array.from({ length: 3 * 12 * 16 }, (_, i) => Math.sin(i));
  const [input = ''] = session.inputNames;
  const [output = ''] = session.outputNames;
  const results = await runSession(session, { [input]: new ort.Tensor('float32', values, [1, 3, 12, 16]) }, 'MODEL');
  return [...(results[output] as ort.TypedTensor<'float32'>).data];
}

describe('a session', () => {
  test('of a skeleton reads its weights from the original model file', async () => {
    const skeleton = skeletonBytes(readModel(plain));
    expect(skeleton.length).toBeLessThan(readFileSync(plain).length);
    expect(await outputs(await opened(skeleton, fixtures))).toEqual(await outputs(await opened(plain)));
  });

  test('of a skeleton reads weights that the original keeps in a file of their own', async () => {
    const skeleton = skeletonBytes(readModel(external));
    expect(await outputs(await opened(skeleton, fixtures))).toEqual(await outputs(await opened(external)));
  });

  test('without optimisation computes the same', async () => {
    const session = await createSession(plain, { provider: 'cpu', file: plain, optimise: false });
    open.push(session);
    const [expected, actual] = [await outputs(await opened(plain)), await outputs(session)];
    actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
  });

  test('that runs on a wrong input says so in ONNX Runtime\'s words', async () => {
    const session = await opened(plain);
    const [input = ''] = session.inputNames;
    const wrong = { [input]: new ort.Tensor('float32', new Float32Array(2), [1, 2]) };
    await expect(runSession(session, wrong, 'smear.onnx')).rejects.toMatchObject({
      code: 'inference-failed',
      message: expect.stringMatching(/smear\.onnx.*rank/) as string,
    });
  });
});

describe('a model that cannot be opened', () => {
  function edited(edit: (model: ModelProto) => void): Uint8Array {
    const model = fromBinary(ModelProtoSchema, readFileSync(plain));
    edit(model);
    return toBinary(ModelProtoSchema, model);
  }

  /** The error of opening from bytes and from a file: ONNX Runtime words some of them differently. */
  async function expectError(bytes: Uint8Array, code: string, message: RegExp): Promise<void> {
    const path = join(temporary.path, 'model.onnx');
    writeFileSync(path, bytes);
    const error = { name: 'SmearLensError', code, message: expect.stringMatching(message) as string };
    await expect(opened(bytes)).rejects.toMatchObject(error);
    await expect(opened(path)).rejects.toMatchObject(error);
  }

  test('is no ONNX file', () => expectError(Buffer.from('hello world'), 'model-not-onnx', /MODEL is no ONNX model/));

  test('is empty', () => expectError(new Uint8Array(0), 'model-not-onnx', /MODEL is no ONNX model/));

  test('is cut off', async () => {
    const whole = readFileSync(plain);
    await expectError(whole.subarray(0, whole.length >> 1), 'model-not-onnx', /or is cut off/);
  });

  test('does not exist', async () => {
    await expect(opened(join(temporary.path, 'absent.onnx'))).rejects.toMatchObject({ code: 'model-not-found' });
  });

  test('has a newer opset', () =>
    expectError(
      edited((model) => model.opsetImport.forEach((opset) => (opset.version = 99n))),
      'model-unsupported',
      /uses opset 99 of ai\.onnx; the newest supported is \d+/,
    ));

  test('has a newer IR version', () =>
    expectError(
      edited((model) => (model.irVersion = 99n)),
      'model-unsupported',
      /uses ONNX IR version 99; the newest supported is \d+/,
    ));

  test('has an operation that does not exist', () =>
    expectError(
      edited((model) => model.graph?.node.slice(-1).forEach((node) => (node.opType = 'Nonsense'))),
      'model-unsupported',
      /uses the operation Nonsense/,
    ));

  test('has an operation of another maker', () =>
    expectError(
      edited((model) => {
        model.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: 'com.acme', version: 1n }));
        model.graph?.node.slice(-1).forEach((node) => (node.domain = 'com.acme'));
      }),
      'model-unsupported',
      /uses the operation com\.acme:/,
    ));

  test('has an initialiser of another size than its shape', () =>
    expectError(
      edited((model) => model.graph?.initializer.forEach((tensor) => (tensor.rawData = Uint8Array.of(1, 2, 3, 4)))),
      'model-not-onnx',
      /is not a valid ONNX model/,
    ));

  test('lacks the file with its weights, or has a part of it', async () => {
    const path = join(temporary.path, 'weights-external.onnx');
    copyFileSync(external, path);
    const error = { code: 'model-external-data', hint: expect.stringContaining('.onnx.data') as string };
    await expect(opened(path)).rejects.toMatchObject(error);
    writeFileSync(`${path}.data`, readFileSync(`${external}.data`).subarray(0, 16));
    await expect(opened(path)).rejects.toMatchObject(error);
    await expect(opened(readFileSync(external), temporary.path)).rejects.toMatchObject(error);
  });

  test('is asked of a provider that this platform does not have', async () => {
    const provider = process.platform === 'darwin' ? 'dml' : 'coreml';
    await expect(createSession(plain, { provider, file: plain })).rejects.toMatchObject({
      code: 'provider-unavailable',
      message: expect.stringContaining(`"${provider}"`) as string,
    });
  });
});

describe('SMEARLENS_THREADS', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test('is a number of threads, or is refused by name', async () => {
    expect(threadCount(undefined, undefined, 16)).toBeUndefined();
    expect(threadCount('', undefined, 16)).toBeUndefined();
    expect(threadCount(undefined, undefined, 2)).toBe(2);
    expect(threadCount(undefined, 1, 2)).toBe(1);
    expect(threadCount('2', 1, 16)).toBe(2);
    for (const value of ['0', '-1', '1.5', 'many']) expect(() => threadCount(value)).toThrow(/SMEARLENS_THREADS/);
    vi.stubEnv('SMEARLENS_THREADS', 'many');
    await expect(opened(plain)).rejects.toMatchObject({ code: 'input-invalid' });
    vi.stubEnv('SMEARLENS_THREADS', '1');
    expect(await outputs(await opened(plain))).toHaveLength(4);
  });
});
