/** Joins the shards of an evaluation to what one run gives. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SmearLensError } from '../errors';
import { openOutFolder, writeWhole } from './outFolder';
import { assemble, writeResult, type Assembled } from './result';
import { RUN_FACTS } from './run/facts';
import { readJournal, type Contents } from './run/journal';

export interface Merged {
  readonly assembled: Assembled;
  readonly files: readonly string[];
}

/**
 * @param folders out folders of all shards, in any order
 * @param assets folder of the report's built page, dist/webview
 * @throws SmearLensError `input-invalid` where one is missing, twice, unfinished or of another evaluation; `output-unwritable`
 */
export async function mergeShards(folders: readonly string[], out: string, assets: string, signal?: AbortSignal): Promise<Merged> {
  const shards: Contents[] = [];
  for (const folder of folders) shards.push(await readJournal(folder));
  requireWhole(folders, shards);
  await openOutFolder(out, false);
  const order = [...shards].sort((a, b) => a.shard.index - b.shard.index);
  const assembled = await assemble(order, signal);
  const facts = path.join(out, RUN_FACTS);
  const runs = await Promise.all(folders.map(async (folder) => JSON.parse(await fs.readFile(path.join(folder, RUN_FACTS), 'utf8').catch(() => 'null')) as unknown));
  await writeWhole(facts, `${JSON.stringify({ merged: runs }, null, 2)}\n`);
  return { assembled, files: [...(await writeResult(assembled, { out, pictures: folders, assets })), facts] };
}

function requireWhole(folders: readonly string[], shards: readonly Contents[]): void {
  const invalid = (what: string, hint: string): SmearLensError => new SmearLensError('input-invalid', what, hint);
  const [first] = shards;
  const { count } = first.shard;
  const at = new Map<number, string>();
  for (const [i, { shard, settings, isWhole }] of shards.entries()) {
    const folder = folders[i];
    const different = differenceOf(first.settings, settings) ?? (shard.count === count ? undefined : `is shard ${shard.index} of ${shard.count}, and not of ${count}`);
    if (different !== undefined) throw invalid(`${folder}: ${different}, other than ${folders[0]}.`, 'Merge the shards of one evaluation: the same folder, truth, models and options.');
    const same = at.get(shard.index);
    if (same !== undefined) throw invalid(`${folder} and ${same} are the same shard (${shard.index} of ${count}).`, 'Name each shard once.');
    if (!isWhole) throw invalid(`${folder}: shard ${shard.index} of ${count} has not come to its end.`, 'Go on with it with --resume, then merge.');
    at.set(shard.index, folder);
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((i) => !at.has(i));
  if (missing.length > 0) throw invalid(`Of ${count} shards ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`, 'Name the out folders of all of them.');
}

/** What two evaluations differ in, in words; undefined where they are one. */
function differenceOf(a: Contents['settings'], b: Contents['settings']): string | undefined {
  if (!isDeepStrictEqual(a.models, b.models)) return 'is of other models or another provider';
  if (a.listing !== b.listing) return 'is of another folder, other labels or other options';
  return isDeepStrictEqual(a, b) ? undefined : 'was made with other options';
}
