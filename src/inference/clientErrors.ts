/** What the callers of the inference process are told when a call ends without an answer. */
import { SmearLensError } from '../errors';
import type { ToInference } from '../protocol/inference';
import type { Death } from './child';

type Call = Extract<ToInference, { kind: 'call' }>;

/** The call by name and file. */
export function describeCall({ name, request }: Call): string {
  return `${name} ${'imagePath' in request ? request.imagePath : request.model.path}`;
}

export function wasCancelled(): SmearLensError {
  return new SmearLensError('cancelled', 'Cancelled.', 'Nothing needs to be done.');
}

export function disposed(): SmearLensError {
  return new SmearLensError('cancelled', 'SmearLens is shutting down.', 'Reload the window to go on.');
}

export function diedTwice(call: Call, death: Death): SmearLensError {
  return new SmearLensError(
    'inference-died',
    `The inference process died twice during "${describeCall(call)}"; the last time ${death.reason}.${quoted(death)}`,
    'The file or the execution provider brings it down. Try the provider "cpu", and see the SmearLens log.',
  );
}

export function keepsDying(times: number, death: Death): SmearLensError {
  return new SmearLensError(
    'inference-died',
    `The inference process died ${times} times without working on any call; the last time ${death.reason}.${quoted(death)}`,
    'See the SmearLens log. If a library is missing, install the build of SmearLens for this platform; then try again.',
  );
}

function quoted(death: Death): string {
  return death.lastWords ? ` It last wrote: ${death.lastWords}` : '';
}
