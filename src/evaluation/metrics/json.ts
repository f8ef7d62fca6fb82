/** The form in which figures leave the program. */

/**
 * One line of JSON with a newline, keys in the order in which they were set, so that equal figures give equal bytes. JSON has no NaN and no Infinity: both
 * are null.
 */
export function metricsJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
