/** A gradient as SmearLens writes it, and as finite differences of the forward graph give it. */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { expect } from 'vitest';
import { probe } from '../../../src/explain/facts';
import { createSession, runSession } from '../../../src/inference/session';
import { differentiate, type TensorFacts } from '../../../src/onnx/differentiate';
import { Graph } from '../../../src/onnx/graph';
import { cloneModel, skeletonBytes, type OnnxModel } from '../../../src/onnx/model';
import { ElementType, sizeOf } from '../../../src/onnx/tensors';
import { GraphWriter } from '../../../src/onnx/writer';
import { relativeError } from '../relativeError';
import { activeInputs, modelOf, OUTPUT, type Case } from './operator';
import { generator, randomValues, shuffled, STEP } from './random';

/** Of the largest value. Finite differences of float32 are off by about 1e-5, a wrong rule by about 1. */
const TOLERANCE = 2e-4;
/** Of a larger input only so many elements, taken at random, are moved. */
const MOVED_ELEMENTS = 48;

// Threads that wait for work would cost more than the work.
process.env.SMEARLENS_THREADS = '1';

type Feeds = Record<string, Tensor>;

/** Checks the gradients of every active input, at 1 and 4 class rows and for a batch of 1 and 3. */
export async function checkGradients(test: Case): Promise<void> {
  const model = modelOf(test);
  const facts = await probe(model, [OUTPUT], feedsOf(test, 1));
  const forward = await open(model);
  const backward = await Promise.all(activeInputs(test).flatMap(({ name }) => [1, 4].map((rows) => openBackward(model, facts, name, rows))));
  const batches = activeInputs(test).some((x) => x.dims.includes('n')) ? [1, 3] : [1];
  try {
    for (const n of batches) {
      const feeds = feedsOf(test, n);
      const y = (await runSession(forward, feeds, model.file))[OUTPUT];
      for (const { name } of activeInputs(test)) {
        const jacobian = await finiteDifferences(forward, feeds, name, model.file);
        for (const { session, rows } of backward.filter((b) => b.input === name)) {
          const seed = new Tensor('float32', randomValues(`seed ${rows}`, rows * sizeOf(y.dims), {}), [rows, ...y.dims]);
          const { gradient } = await runSession(session, { ...feeds, seed }, model.file, ['gradient']);
          const label = `d/d${name}, ${rows} rows, batch of ${n}`;
          expect(gradient.dims, label).toEqual([rows, ...feeds[name].dims]);
          compare(gradient.data as Float32Array, seed.data, jacobian, rows, label);
        }
      }
    }
  } finally {
    await Promise.all([forward, ...backward.map((b) => b.session)].map((session) => session.release()));
  }
}

/** What the rule refuses to differentiate: the error of trying. */
export async function tryDifferentiate(test: Case): Promise<void> {
  const model = modelOf(test);
  const facts = await probe(model, [OUTPUT], feedsOf(test, 1));
  for (const { name } of activeInputs(test)) backwardModel(model, facts, name, 1);
}

function feedsOf(test: Case, n: number): Feeds {
  return Object.fromEntries(
    activeInputs(test).map(({ name, dims, range }, i) => {
      const size = dims.map((d) => (d === 'n' ? n : d));
      return [name, new Tensor('float32', randomValues(`${name} ${n}`, sizeOf(size), range, i), size)];
    }),
  );
}

function open(model: OnnxModel): Promise<InferenceSession> {
  return createSession(skeletonBytes(model), { provider: 'cpu', file: model.file });
}

async function openBackward(model: OnnxModel, facts: ReadonlyMap<string, TensorFacts>, input: string, rows: number): Promise<{ session: InferenceSession; input: string; rows: number }> {
  return { session: await open(backwardModel(model, facts, input, rows)), input, rows };
}

/** The model with an input `seed` and an output `gradient`. One class row is a constant number of rows, four are dynamic. */
function backwardModel(model: OnnxModel, facts: ReadonlyMap<string, TensorFacts>, input: string, rows: number): OnnxModel {
  const copy = cloneModel(model);
  const w = new GraphWriter(new Graph(copy), 'smearlens');
  w.input('seed', ElementType.FLOAT, ['C', ...(facts.get(OUTPUT)?.shape ?? []).map((_, i) => `d${i}`)]);
  const classCount = rows === 1 ? w.ints([1]) : w.slice(w.shape('seed'), [0], [0], [1]);
  const { name } = differentiate(new Graph(model), w, { input, output: OUTPUT, seed: 'seed', classCount, facts: (tensor) => facts.get(tensor) });
  w.node('Identity', [name], {}, 'gradient');
  w.output('gradient', ElementType.FLOAT, Array.from({ length: 1 + (facts.get(input)?.shape.length ?? 0) }, (_, i) => `g${i}`));
  return copy;
}

/** Rows of the Jacobian: element of the input → derivative of every element of the output (five-point stencil). */
async function finiteDifferences(session: InferenceSession, feeds: Feeds, input: string, file: string): Promise<Map<number, Float64Array>> {
  const { data, dims } = feeds[input];
  const base = data as Float32Array;
  const at = async (element: number, steps: number): Promise<Float32Array> => {
    const moved = Float32Array.from(base);
    moved[element] += steps * STEP;
    return (await runSession(session, { ...feeds, [input]: new Tensor('float32', moved, dims) }, file))[OUTPUT].data as Float32Array;
  };
  const jacobian = new Map<number, Float64Array>();
  for (const element of shuffled(base.length, generator(input)).slice(0, MOVED_ELEMENTS)) {
    const [a, b, c, d] = [await at(element, -2), await at(element, -1), await at(element, 1), await at(element, 2)];
    jacobian.set(element, Float64Array.from(a, (_, i) => (a[i] - d[i] + 8 * (c[i] - b[i])) / (12 * STEP)));
  }
  return jacobian;
}

function compare(gradient: Float32Array, seed: Float32Array, jacobian: ReadonlyMap<number, Float64Array>, rows: number, label: string): void {
  const [elements, outputs] = [gradient.length / rows, seed.length / rows];
  const expected: number[] = [];
  const actual: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const [element, derivatives] of jacobian) {
      actual.push(gradient[row * elements + element]);
      expected.push(derivatives.reduce((sum, d, i) => sum + d * seed[row * outputs + i], 0));
    }
  }
  expect(Math.max(...expected.map(Math.abs)), `${label}: nothing to compare`).toBeGreaterThan(1e-3);
  expect(relativeError(actual, expected), label).toBeLessThan(TOLERANCE);
}
