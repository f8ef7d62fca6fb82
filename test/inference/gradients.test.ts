/** Every gradient rule against central finite differences of the forward graph, in every form the operator has. */
import { describe, expect, it } from 'vitest';
import { SmearLensError } from '../../src/errors';
import { gradientRules } from '../../src/onnx/differentiate';
import { arithmeticCases } from './gradients/arithmeticCases';
import { checkGradients, tryDifferentiate } from './gradients/check';
import { elementwiseCases } from './gradients/elementwiseCases';
import { linearCases } from './gradients/linearCases';
import { title, type Case } from './gradients/operator';
import { reductionCases } from './gradients/reductionCases';
import { refusedCases } from './gradients/refusedCases';
import { shapeCases } from './gradients/shapeCases';
import { windowCases } from './gradients/windowCases';

const cases: readonly Case[] = [...elementwiseCases, ...arithmeticCases, ...reductionCases, ...shapeCases, ...linearCases, ...windowCases];

describe.each(Object.keys(gradientRules))('the gradient of %s', (op) => {
  const own = cases.filter((c) => c.op === op);

  it('has test cases', () => {
    expect(own.length).toBeGreaterThan(0);
  });

  it.each(own.map((c) => [title(c), c] as const))('%s', async (_, test) => {
    await checkGradients(test);
  });
});

describe('no gradient, and an error that names the node,', () => {
  it.each(refusedCases.map((c) => [`${c.op}, ${title(c)}`, c] as const))('of %s', async (_, test) => {
    const error: unknown = await tryDifferentiate(test).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SmearLensError);
    expect(error).toMatchObject({ code: 'op-not-differentiable', message: expect.stringMatching(new RegExp(`^${test.op}\\.onnx: ${test.op} '.+': .+, so no gradient passes`)) as unknown });
  });
});
