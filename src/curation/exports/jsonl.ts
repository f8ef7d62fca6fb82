/** JSON Lines: a row an image, with all that is known of it. Class list and provenance are beside it, in `<name>.about.json`, so that each line has one form. */
import { writeWhole } from '../../evaluation/outFolder';
import type { Export, Exported } from './format';
import { rowOf } from './row';

export async function exportJsonl({ images, provenance, out }: Export): Promise<Exported> {
  const about = `${out.replace(/\.jsonl$/i, '')}.about.json`;
  await writeWhole(out, images.map((image) => `${JSON.stringify(rowOf(image))}\n`).join(''));
  await writeWhole(about, `${JSON.stringify(provenance, null, 2)}\n`);
  return { files: [out, about], images: images.length, leftOut: [] };
}
