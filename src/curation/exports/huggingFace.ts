/**
 * Hugging Face `imagefolder`: the images under their own paths, `[<split>/]metadata.jsonl` with `file_name` and all that JSONL has, and a dataset card. Excluded images
 * are left out, since whoever loads the folder loads all of it.
 */
import * as path from 'node:path';
import { writeWhole } from '../../evaluation/outFolder';
import { severalAtOnce, throwIfCancelled } from '../dataset';
import { place, remark, safeName, type Export, type Exported, type Provenance } from './format';
import { rowOf } from './row';

const AT_ONCE = 8;

export async function exportHuggingFace({ images, provenance, out, link, signal, progress, failed }: Export): Promise<Exported> {
  const used = images.filter(({ status }) => status !== 'excluded');
  const hasSplits = used.some(({ split }) => split !== undefined);
  const lines = new Map<string, string[]>();
  let done = 0;
  const written = await severalAtOnce(used, AT_ONCE, async (image) => {
    throwIfCancelled(signal);
    const folder = hasSplits ? safeName(image.split ?? 'no split') : '.';
    try {
      await place(image.file, path.join(out, folder, image.path), link);
      return { folder, line: `${JSON.stringify({ file_name: image.path, ...rowOf(image) })}\n` };
    } catch (error) {
      failed(image.file, error);
      return undefined;
    } finally {
      progress?.(++done, used.length);
    }
  });
  for (const entry of written) if (entry) lines.set(entry.folder, [...(lines.get(entry.folder) ?? []), entry.line]);
  for (const [folder, own] of lines) await writeWhole(path.join(out, folder, 'metadata.jsonl'), own.join(''));
  await writeWhole(path.join(out, 'README.md'), cardOf(provenance));
  await writeWhole(path.join(out, 'about.json'), `${JSON.stringify(provenance, null, 2)}\n`);
  return { files: [out], images: written.filter(Boolean).length, leftOut: remark(images.length - used.length, 'images that are excluded') };
}

function cardOf({ researchUse, classes, images, folder, software }: Provenance): string {
  return [
    '---',
    'task_categories:',
    '- image-classification',
    '---',
    '',
    `# ${folder}`,
    '',
    `**${researchUse}** ${images} images; exported by ${software}. Labels are class ids:`,
    '',
    ...classes.map(({ id, name, description }) => `- \`${id}\`: ${name}${description ? `. ${description}` : ''}`),
    '',
    '`opinions` has each reviewer\'s label, note and regions (W3C Web Annotations, in pixels); `status` says why an image has no label.',
    '',
  ].join('\n');
}
