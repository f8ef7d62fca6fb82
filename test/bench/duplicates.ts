/**
 * How well and how fast `curate duplicates` finds planted copies among a folder's images: `npm run bench -- duplicates FOLDER [COUNT]`. Of every tenth image five altered copies are
 * planted: cropped by 3 and by 10 % of the area, encoded anew, mirrored, turned by 90°. Beside that, what it finds among the given images themselves, to be looked at.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { duplicatesOf, type DuplicateInput } from '../../src/curation/duplicates';
import { decodeFile } from '../../src/images/decode';
import { fingerprintOf } from '../../src/images/fingerprint';
import { imagesIn } from '../../src/images/folder';

const KINDS: Readonly<Record<string, (file: string) => Promise<Buffer>>> = {
  'cropped by 3 %': (file) => crop(file, 0.03),
  'cropped by 10 %': (file) => crop(file, 0.1),
  'encoded anew': (file) => sharp(file).jpeg({ quality: 60 }).toBuffer(),
  mirrored: (file) => sharp(file).flop().png().toBuffer(),
  'turned by 90°': (file) => sharp(file).rotate(90).png().toBuffer(),
};

/** @param share of the area that is cut off, from one corner */
async function crop(file: string, share: number): Promise<Buffer> {
  const { width = 0, height = 0 } = await sharp(file).metadata();
  const side = Math.sqrt(1 - share);
  const [w, h] = [Math.round(width * side), Math.round(height * side)];
  return sharp(file).extract({ left: width - w, top: height - h, width: w, height: h }).png().toBuffer();
}

async function main([folder, wished = '1000']: readonly string[]): Promise<void> {
  if (folder === undefined) throw new Error('usage: npm run bench -- duplicates FOLDER [COUNT]');
  const all = await imagesIn(folder);
  const step = Math.max(1, Math.ceil(all.length / Number(wished)));
  const files = all.filter((_, i) => i % step === 0);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-duplicates-'));
  try {
    const start = performance.now();
    const given = await Promise.all(files.map((file, i) => inputOf(file, `${i}`)));
    console.log(`${files.length} images decoded in ${((performance.now() - start) / 1000).toFixed(1)} s`);
    const planted: DuplicateInput[] = [];
    for (let i = 0; i < files.length; i += 10) {
      for (const [kind, change] of Object.entries(KINDS)) {
        const file = path.join(scratch, `${i}.png`);
        fs.writeFileSync(file, await change(files[i]));
        planted.push(await inputOf(file, `${i} ${kind}`));
      }
    }
    const compared = performance.now();
    const { groups, nearThreshold } = await duplicatesOf([...given, ...planted]);
    console.log(`${given.length + planted.length} compared in ${((performance.now() - compared) / 1000).toFixed(1)} s, threshold ${nearThreshold?.toFixed(3) ?? 'none'}`);
    const groupOf = new Map(groups.flatMap(({ id, members }) => members.map((member) => [member.path, id] as const)));
    for (const kind of Object.keys(KINDS)) {
      const own = planted.filter((image) => image.path.endsWith(kind));
      const found = own.filter((image) => groupOf.get(image.path) !== undefined && groupOf.get(image.path) === groupOf.get(image.path.split(' ')[0]));
      console.log(`recall, ${kind}: ${found.length} of ${own.length}`);
    }
    const among = await duplicatesOf(given);
    console.log(`among the given images: ${among.groups.length} groups`);
    for (const { kind, likeness, members } of among.groups) console.log(`  ${kind} ${likeness.toFixed(2)}: ${members.map((member) => path.relative(folder, files[Number(member.path)])).join(', ')}`);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

async function inputOf(file: string, name: string): Promise<DuplicateInput> {
  const image = await decodeFile(file);
  return { path: name, sha256: image.sha256, pixels: image.width * image.height, fingerprint: await fingerprintOf(image) };
}

void main(process.argv.slice(2));
