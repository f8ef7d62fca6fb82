/**
 * What a user is told when something cannot be done. `code` is for programs (and tests), `message` names the file and
 * what is wrong with it, `hint` says what to do. Anything else that is thrown is a defect of ours.
 */
export class SmearLensError extends Error {
  override readonly name = 'SmearLensError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

export type ErrorCode =
  // images
  | 'image-not-found'
  | 'image-empty'
  | 'image-unreadable'
  | 'image-unsupported'
  | 'image-too-large'
  // models
  | 'model-not-found'
  | 'model-not-onnx'
  | 'model-truncated'
  | 'model-external-data'
  | 'model-unsupported'
  | 'manifest-invalid'
  // explanation
  | 'no-explanation-layer'
  | 'layer-unknown'
  | 'op-not-differentiable'
  | 'numeric'
  // inference
  | 'provider-unavailable'
  | 'inference-failed'
  | 'inference-died'
  | 'cancelled'
  | 'input-invalid'
  | 'output-unwritable'
  | 'internal';

/** The form in which an error crosses a process boundary or is printed by the command line. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** Any thrown value as an {@link ErrorInfo}; what is not a {@link SmearLensError} becomes code `internal`. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof SmearLensError) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message, hint: 'This is a defect of SmearLens. Please report it together with the log.' };
}

/** The inverse of {@link toErrorInfo}. */
export function fromErrorInfo(info: ErrorInfo): SmearLensError {
  return new SmearLensError(info.code, info.message, info.hint);
}
