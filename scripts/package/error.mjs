/** A reason why there is no VSIX: one sentence, and in another what to do about it. */
export class PackageError extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   * @param {number} exitCode
   */
  constructor(message, hint, exitCode = 1) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}
