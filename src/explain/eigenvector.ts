/** The direction in which a symmetric matrix stretches most, by power iteration. */

const CONVERGED = 1e-12;
/** Where the two largest eigenvalues are within a per mille or so of each other, the vector between them is as good as either. */
const LARGEST_COUNT = 2000;

/**
 * @param matrix [n, n], symmetric, no eigenvalue below 0
 * @returns the eigenvector of unit length (zeros for a matrix of zeros) and its eigenvalue
 */
export function largestEigenvector(matrix: Float64Array, n: number): { vector: Float64Array; value: number } {
  // Irregular, so that it is not at a right angle to the vector sought; mostly positive, as that of non-negative data is.
  let vector = unit(Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(i + 1) / 2));
  let value = 0;
  for (let count = 0; count < LARGEST_COUNT; count++) {
    const next = product(matrix, vector);
    value = length(next);
    if (value === 0) return { vector: next, value };
    const turned = unit(next);
    const change = turned.reduce((most, v, i) => Math.max(most, Math.abs(v - vector[i])), 0);
    vector = turned;
    if (change < CONVERGED) break;
  }
  return { vector, value };
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  const result = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j] * vector[j];
    result[i] = sum;
  }
  return result;
}

function length(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
}

function unit(vector: Float64Array): Float64Array {
  const size = length(vector);
  return vector.map((v) => v / size);
}
