/** What a language model asks of a tool: checked here, as not every caller holds to the tool's schema. */
import { SmearLensError } from '../errors';

export type ToolInput = Readonly<Record<string, unknown>>;

/**
 * A text, without the blanks around it.
 * @returns undefined where it is absent or empty
 * @throws SmearLensError `input-invalid` where it is something else
 */
export function textInput(input: ToolInput, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new SmearLensError('input-invalid', `'${name}' is no text.`, `Give '${name}' as a string.`);
  return value.trim() || undefined;
}

/** @throws SmearLensError `input-invalid` where it is absent, too */
export function requiredText(input: ToolInput, name: string): string {
  const value = textInput(input, name);
  if (value === undefined) throw new SmearLensError('input-invalid', `'${name}' is missing.`, `Give '${name}' as a string.`);
  return value;
}

/**
 * A whole number from 1 to `most`; a larger one counts as `most`.
 * @param fallback where it is absent
 * @throws SmearLensError `input-invalid`
 */
export function countInput(input: ToolInput, name: string, fallback: number, most: number): number {
  const value = input[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new SmearLensError('input-invalid', `'${name}' is no whole number from 1.`, `Give '${name}' as a number from 1 to ${most}, or leave it out.`);
  return Math.min(value, most);
}

/** @throws SmearLensError `input-invalid` where it is none of the choices */
export function choiceInput<T extends string>(input: ToolInput, name: string, choices: readonly T[]): T {
  const value = choices.find((choice) => choice === input[name]);
  if (value === undefined) throw new SmearLensError('input-invalid', `'${name}' is none of ${choices.join(', ')}.`, `Give one of them as '${name}'.`);
  return value;
}
