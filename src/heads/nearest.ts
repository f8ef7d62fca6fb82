/** Nearest neighbours of many rows of features. */
import { setImmediate } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { Tensor } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { createSession, runSession } from '../inference/session';
import { AttributeProto_AttributeType, ModelProtoSchema } from '../onnx/onnx_pb';
import { ElementType, intTensor } from '../onnx/tensors';

/** Rows on either side of a product: 1.3 billion multiplications at 1,280 features, well below a second, so that Ctrl+C acts soon. */
const BLOCK = 1024;
/** The same where rows have parts: the products then stay near the processor. */
const BLOCK_OF_PARTS = 256;
/** What error messages name. */
const NAME = 'nearest neighbours';

/** What is compared: rows of unit length or zero, n of them. */
export interface Rows {
  /** [n, size], row-major. */
  readonly values: Float32Array;
  readonly size: number;
  /** [n, of each, size]: a row is then as near to another as to the nearest of the other's parts. Absent: to the other itself. */
  readonly parts?: { readonly values: Float32Array; readonly ofEach: number } | undefined;
}

export interface NearestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told 0 to 1, a block. */
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * Of each row the others with the largest cosine. All pairs are compared, block by block, as matrix products of ONNX Runtime on the CPU: exact, and many times as fast as
 * loops in JavaScript, so that no approximate index is needed at 50,000 rows.
 * @param count neighbours of each, or all there are
 * @returns [n, count], a row's own sorted from the nearest on
 * @throws SmearLensError `cancelled`
 */
export async function nearestRows({ values, size, parts }: Rows, count: number, { signal, progress }: NearestOptions = {}): Promise<Int32Array> {
  const n = values.length / size;
  const nearest = new Nearest(n, Math.max(0, Math.min(count, n - 1)));
  const side = parts ? BLOCK_OF_PARTS : BLOCK;
  const blocks = Math.ceil(n / side);
  const session = await createSession(productModel(parts?.ofEach ?? 1), { provider: 'cpu', file: NAME });
  const block = (i: number, of: Float32Array, ofEach: number): Tensor => new Tensor('float32', of.subarray(i * side * ofEach * size, (i + 1) * side * ofEach * size), [Math.min(side, n - i * side) * ofEach, size]);
  const total = parts ? blocks * blocks : (blocks * (blocks + 1)) / 2;
  try {
    for (let i = 0, done = 0; i < blocks; i++) {
      const a = block(i, values, 1);
      // Without parts a cosine goes both ways.
      for (let j = parts ? 0 : i; j < blocks; j++) {
        const { c } = await runSession(session, { a, b: parts ? block(j, parts.values, parts.ofEach) : block(j, values, 1) }, NAME);
        nearest.add(i * side, j * side, c.data as Float32Array, c.dims[1], parts === undefined);
        progress?.(++done / total);
        // A run keeps this thread; others, Ctrl+C among them, get their turn here.
        await setImmediate();
        if (signal?.aborted) throw new SmearLensError('cancelled', 'The search for near duplicates was cancelled.', 'Start it again.');
      }
    }
  } finally {
    await session.release();
  }
  return nearest.sorted();
}

/** The largest cosines of each row so far, and whose they are. */
class Nearest {
  private readonly cosines: Float32Array;
  private readonly others: Int32Array;
  /** By row: the least of its cosines, and where it is. */
  private readonly least: Float32Array;
  private readonly place: Int32Array;

  constructor(
    private readonly n: number,
    private readonly count: number,
  ) {
    this.cosines = new Float32Array(n * count).fill(-Infinity);
    this.others = new Int32Array(n * count).fill(-1);
    this.least = new Float32Array(n).fill(count === 0 ? Infinity : -Infinity);
    this.place = new Int32Array(n);
  }

  /**
   * @param products of the rows from `first` on with those from `second` on, [., width]
   * @param bothWays each counts for both of its rows, and pairs are taken once though a block on the diagonal has them twice
   */
  add(first: number, second: number, products: Float32Array, width: number, bothWays: boolean): void {
    for (let i = 0, at = 0; at < products.length; i++) {
      for (let j = 0; j < width; j++, at++) {
        const a = first + i;
        const b = second + j;
        const cosine = products[at];
        if (bothWays ? a >= b : a === b) continue;
        if (cosine > this.least[a]) this.replaceLeast(a, b, cosine);
        if (bothWays && cosine > this.least[b]) this.replaceLeast(b, a, cosine);
      }
    }
  }

  private replaceLeast(row: number, other: number, cosine: number): void {
    const from = row * this.count;
    this.cosines[from + this.place[row]] = cosine;
    this.others[from + this.place[row]] = other;
    let place = 0;
    for (let k = 1; k < this.count; k++) if (this.cosines[from + k] < this.cosines[from + place]) place = k;
    this.place[row] = place;
    this.least[row] = this.cosines[from + place];
  }

  sorted(): Int32Array {
    const { count, cosines, others } = this;
    for (let from = 0; from < this.n * count; from += count) {
      const own = Array.from({ length: count }, (_, k) => from + k).sort((x, y) => cosines[y] - cosines[x] || others[x] - others[y]);
      others.set(own.map((at) => others[at]), from);
    }
    return others;
  }
}

/** c = a·bᵀ, for any numbers of rows; of `parts` neighbouring rows of b the largest. */
function productModel(parts: number): Uint8Array {
  const value = (name: string, ...dims: [string, string]): object => ({
    name,
    type: { value: { case: 'tensorType' as const, value: { elemType: ElementType.FLOAT, shape: { dim: dims.map((dim) => ({ value: { case: 'dimParam' as const, value: dim } })) } } } },
  });
  const product = { opType: 'Gemm', input: ['a', 'b'], output: [parts === 1 ? 'c' : 'products'], attribute: [{ name: 'transB', type: AttributeProto_AttributeType.INT, i: 1n }] };
  const largest = [
    // The rows of a stay (0), those of b fall into groups.
    { opType: 'Reshape', input: ['products', 'shape'], output: ['grouped'] },
    { opType: 'ReduceMax', input: ['grouped'], output: ['c'], attribute: [{ name: 'axes', type: AttributeProto_AttributeType.INTS, ints: [2n] }, { name: 'keepdims', type: AttributeProto_AttributeType.INT, i: 0n }] },
  ];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 13n }],
      graph: {
        name: NAME,
        node: parts === 1 ? [product] : [product, ...largest],
        initializer: parts === 1 ? [] : [intTensor('shape', [3], [0, -1, parts])],
        input: [value('a', 'm', 'size'), value('b', 'n', 'size')],
        output: [value('c', 'm', 'others')],
      },
    }),
  );
}
