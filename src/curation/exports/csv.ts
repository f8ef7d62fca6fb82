/**
 * CSV: a row an image with path, sha256, label, group, groupSource and split, which `evaluate --labels` reads, and three columns a reviewer. Regions do not fit. The
 * class list and the provenance are beside it, in `<name>.about.json`, as a table has no place for them.
 */
import { stringify } from 'csv-stringify/sync';
import { writeWhole } from '../../evaluation/outFolder';
import { remark, type Export, type Exported } from './format';
import { rowOf } from './row';

/** In a column `label:<reviewer>`: the reviewer cannot tell. */
export const UNSURE = '?';

export async function exportCsv({ images, provenance, out }: Export): Promise<Exported> {
  const rows = images.map(rowOf);
  const reviewers = [...new Set(rows.flatMap(({ opinions }) => opinions.map(({ reviewer }) => reviewer)))].sort();
  const header = ['path', 'sha256', 'label', 'status', 'group', 'groupSource', 'split', 'adjudicated', 'adjudicator', ...reviewers.flatMap((name) => [`label:${name}`, `note:${name}`, `excluded:${name}`])];
  const body = rows.map(({ path, sha256, label, status, group, split, opinions, adjudication }) => [
    ...[path, sha256, label, status, group, group === null ? 'none' : 'given', split, adjudication?.value, adjudication?.reviewer],
    ...reviewers.flatMap((name) => {
      const own = opinions.find(({ reviewer }) => reviewer === name);
      return [own?.kind === 'unsure' ? UNSURE : own?.value, own?.note, own?.excluded ? 'yes' : ''];
    }),
  ]);
  const about = `${out.replace(/\.csv$/i, '')}.about.json`;
  await writeWhole(out, stringify([header, ...body]));
  await writeWhole(about, `${JSON.stringify(provenance, null, 2)}\n`);
  const regions = rows.reduce((sum, { opinions }) => sum + opinions.reduce((n, o) => n + o.regions.length, 0), 0);
  return { files: [out, about], images: rows.length, leftOut: remark(regions, 'regions, which a table cannot carry') };
}
