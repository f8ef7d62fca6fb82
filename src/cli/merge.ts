/** `smearlens merge`: the shards of an evaluation as one. */
import { fromErrorInfo, type ErrorCode } from '../errors';
import { mergeShards } from '../evaluation/merge';
import { tellResult } from './evaluationText';
import type { Output } from './output';

/** Images that a shard could not evaluate are told again: the exit code is that of one run. */
export async function merge(folders: readonly string[], out: string, assets: string, output: Output, signal: AbortSignal): Promise<void> {
  const { assembled, files } = await mergeShards(folders, out, assets, signal);
  for (const { path, code, message } of assembled.result.unreadable) output.failure(path, fromErrorInfo({ code: code as ErrorCode, message, hint: 'The shard that met it said what to do.' }));
  tellResult(assembled.result, files, output);
}
