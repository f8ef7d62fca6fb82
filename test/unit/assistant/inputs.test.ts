import { expect, it } from 'vitest';
import { choiceInput, countInput, requiredText, textInput } from '../../../src/assistant/inputs';

it('reads texts', () => {
  expect([textInput({ path: ' a.png ' }, 'path'), textInput({ path: ' ' }, 'path'), textInput({}, 'path'), textInput({ path: null }, 'path')]).toEqual(['a.png', undefined, undefined, undefined]);
  expect(() => textInput({ path: 3 }, 'path')).toThrow("'path' is no text.");
  expect(() => requiredText({ path: '' }, 'path')).toThrow("'path' is missing.");
});

it('reads counts, and takes the largest for a larger one', () => {
  expect([countInput({}, 'n', 5, 9), countInput({ n: 1 }, 'n', 5, 9), countInput({ n: 100 }, 'n', 5, 9)]).toEqual([5, 1, 9]);
  for (const n of [0, -1, 1.5, NaN, '3']) expect(() => countInput({ n }, 'n', 5, 9)).toThrow("'n' is no whole number from 1.");
});

it('reads choices', () => {
  expect(choiceInput({ kind: 'model' }, 'kind', ['model', 'reviewers'])).toBe('model');
  expect(() => choiceInput({ kind: 'Model' }, 'kind', ['model', 'reviewers'])).toThrow("'kind' is none of model, reviewers.");
});
