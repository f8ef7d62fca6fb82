/**
 * What ONNX Runtime throws, as errors that a user can act on. Its Node binding gives no error codes, only messages; each
 * pattern here is the wording of onnxruntime-node 1.30, and test/inference/session.test.ts meets the real ones.
 */
import { SmearLensError, type ErrorCode } from '../errors';
import type { ProviderName } from '../protocol/analysis';

interface Meaning {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** What is wrong, to follow the file's name; `match` is the pattern's. */
  readonly says: (match: RegExpExecArray) => string;
  readonly hint: string;
}

const EXPORT_AGAIN = 'Export the model again.';

const MODEL_ERRORS: readonly Meaning[] = [
  {
    code: 'model-not-found',
    pattern: /File doesn't exist/,
    says: () => 'does not exist',
    hint: 'Check the path of the model.',
  },
  {
    code: 'model-external-data',
    pattern: /[Ee]xternal (data|initializer)/,
    says: () => 'keeps its weights in another file, which is missing, too short or outside its folder',
    hint: 'Put the file with the weights (often NAME.onnx.data) beside the model, whole and under its original name.',
  },
  {
    code: 'model-unsupported',
    pattern: /Opset (\d+) is under development[\s\S]*support for domain (\S+) is till opset (\d+)/,
    says: ([, opset, domain, newest]) => `uses opset ${opset} of ${domain}; the newest supported is ${newest}`,
    hint: 'Export the model with an older opset, for example 17.',
  },
  {
    code: 'model-unsupported',
    pattern: /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    says: ([, version, newest]) => `uses ONNX IR version ${version}; the newest supported is ${newest}`,
    hint: 'Save the model with an older version of the onnx package, or set its ir_version lower.',
  },
  {
    code: 'model-unsupported',
    pattern: /No Op registered for (\S+)|Fatal error: (\S+) is not a registered|Could not find an implementation for (\S+)/,
    says: ([, a, b, c]) => `uses the operation ${a ?? b ?? c}, which ONNX Runtime does not have`,
    hint: 'Export the model with standard ONNX operations only.',
  },
  {
    code: 'model-not-onnx',
    pattern: /[Pp]rotobuf parsing failed|does not have a graph|Model data pointer is null/,
    says: () => 'is no ONNX model, or is cut off',
    hint: `Choose an .onnx file. If it is one, copy it again. ${EXPORT_AGAIN}`,
  },
  {
    code: 'model-not-onnx',
    pattern: /This is an invalid model|does not match expected size/,
    says: () => 'is not a valid ONNX model',
    hint: EXPORT_AGAIN,
  },
];

const PROVIDER_MISSING =
  /backend not found|AppendExecutionProvider|Failed to load (shared )?library|Failed to get a WebGPU (adapter|device)|execution provider is not supported/;

/** The error of opening a session. */
export function openError(thrown: unknown, { file, provider }: { file: string; provider: ProviderName }): SmearLensError {
  const said = wording(thrown);
  if (PROVIDER_MISSING.test(said)) return providerUnavailable(provider, said);
  for (const { code, pattern, says, hint } of MODEL_ERRORS) {
    const match = pattern.exec(said);
    if (match) return new SmearLensError(code, `${file} ${says(match)}. ONNX Runtime: ${said}`, hint);
  }
  return runError(thrown, file);
}

/** The error of a run, or of opening for no reason known here. */
export function runError(thrown: unknown, file: string): SmearLensError {
  return new SmearLensError(
    'inference-failed',
    `ONNX Runtime could not run ${file}: ${wording(thrown)}`,
    'Check that the image size and the layout in the model.json are those of the model, or try the provider "cpu".',
  );
}

export function providerUnavailable(provider: ProviderName, reason: string): SmearLensError {
  return new SmearLensError(
    'provider-unavailable',
    `The execution provider "${provider}" does not work here: ${reason}`,
    'Choose "auto" or "cpu". `smearlens doctor` lists the providers that work here.',
  );
}

/** Without the place in ONNX Runtime's own source and the check that failed there, which it may begin with. */
function wording(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).replace(/^\S+\.(?:cc|h):\d+ [\s\S]*? was false\. /, '').trim();
}
