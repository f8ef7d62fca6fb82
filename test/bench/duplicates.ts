/**
 * How well and how fast `curate duplicates` finds planted copies among a folder's images: `npm run bench -- duplicates FOLDER [COUNT]`. Of every tenth image altered copies are
 * planted: cropped by 3, 10 and 20 % of the area, encoded anew, mirrored, turned, darkened, and some of these together. For each search: recall by kind of copy, and what it finds
 * among the given images themselves, which are listed to be looked at. Needs a built dist/.
 *
 * `npm run bench -- duplicates --many [50000]`: seconds and memory of the search alone, on fingerprints and features that are drawn.
 */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import sharp, { type Sharp } from 'sharp';
import { allOf, cutoutCandidates, embeddingOf } from '../../src/curation/candidates';
import { duplicatesOf, type DuplicateInput, type DuplicateOptions } from '../../src/curation/duplicates';
import { fingerprintImages } from '../../src/curation/fingerprints';
import type { Spawn } from '../../src/evaluation/run/pool';
import { bundledBackbone } from '../../src/heads/backbone';
import { nearestRows } from '../../src/heads/nearest';
import type { Fingerprint } from '../../src/images/fingerprint';
import { imagesIn } from '../../src/images/folder';
import { randomNumbers } from '../../scripts/samples/random.mjs';

const root = path.resolve(__dirname, '../..');
const spawn: Spawn = (data) => new Worker(path.join(root, 'dist/cli.js'), { workerData: data });
const signal = new AbortController().signal;

/** @param corner where what is kept begins, in parts of what is cut off: 0 to 1 */
type Change = (picture: Sharp, width: number, height: number) => Sharp;
const cropped = (share: number, corner = 1): Change => (picture, width, height) => {
  const side = Math.sqrt(1 - share);
  const [w, h] = [Math.round(width * side), Math.round(height * side)];
  return picture.extract({ left: Math.floor(corner * (width - w)), top: Math.floor(corner * (height - h)), width: w, height: h });
};
const dark: Change = (picture) => picture.linear(0.6, 10);
const jpeg: Change = (picture) => picture.jpeg({ quality: 60 });

/** What is done one after the other, each to the picture that the one before gave. */
const KINDS: Readonly<Record<string, readonly Change[]>> = {
  'encoded anew': [jpeg],
  mirrored: [(p) => p.flop()],
  'turned by 90°': [(p) => p.rotate(90)],
  brighter: [(p) => p.linear(1.25, 0)],
  darker: [dark],
  'cropped by 3 %': [cropped(0.03)],
  'cropped by 10 %': [cropped(0.1)],
  'cropped by 20 %': [cropped(0.2)],
  'cropped by 10 %, darker': [cropped(0.1), dark],
  'cropped by 10 %, turned, encoded anew': [cropped(0.1), (p) => p.rotate(90), jpeg],
  'cropped by 20 % in the middle, enlarged, encoded anew': [cropped(0.2, 0.45), (p, width, height) => p.resize(Math.round(width * 1.118), Math.round(height * 1.118)), jpeg],
};

async function changed(file: string, changes: readonly Change[]): Promise<Buffer> {
  let bytes: Buffer = fs.readFileSync(file);
  for (const change of changes) {
    const { width = 0, height = 0 } = await sharp(bytes).metadata();
    const picture = change(sharp(bytes), width, height);
    bytes = await (change === jpeg ? picture : picture.png()).toBuffer();
  }
  return bytes;
}

async function onFolder(folder: string, wished: number): Promise<void> {
  const all = await imagesIn(folder);
  const step = Math.max(1, Math.ceil(all.length / wished));
  const files = all.filter((_, i) => i % step === 0);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-duplicates-'));
  try {
    for (const [i, file] of files.entries()) fs.copyFileSync(file, path.join(scratch, nameOf(i)));
    for (let i = 0; i < files.length; i += 10) for (const [kind, changes] of Object.entries(KINDS)) fs.writeFileSync(path.join(scratch, nameOf(i, kind)), await changed(files[i], changes));
    const images = await timed('decoded', () => fingerprintImages(scratch, { spawn, threads: os.availableParallelism(), signal, failed: told }));
    const embedding = await timed('features', () => embeddingOf(images, { model: bundledBackbone(root), spawn, signal, cache: path.join(scratch, 'cache'), progress: () => undefined, failed: told, log: console.log }, {}));
    const cutouts = cutoutCandidates({});
    const searches: Record<string, DuplicateOptions> = {
      'whole pictures': {},
      'whole pictures and cut-outs': { candidates: cutouts },
      'whole pictures and features': { candidates: embedding.candidates },
      'whole pictures, cut-outs and features': { candidates: allOf(cutouts, embedding.candidates) },
    };
    const given = images.filter((image) => !image.path.includes(' '));
    for (const [search, options] of Object.entries(searches)) {
      // A kind at a time: the copies of a field would find it through each other.
      for (const kind of Object.keys(KINDS)) {
        const planted = images.filter((image) => image.path.slice(nameOf(0).length - 4) === ` ${kind}.png`);
        const { groups } = await duplicatesOf([...given, ...planted], options);
        const groupOf = new Map(groups.flatMap(({ id, members }) => members.map((member) => [member.path, id] as const)));
        const found = planted.filter((image) => groupOf.get(image.path) !== undefined && groupOf.get(image.path) === groupOf.get(`${image.path.split(' ')[0]}.png`));
        console.log(`${search}: recall, ${kind}: ${found.length} of ${planted.length}`);
      }
      const among = await timed(`${search}: compared`, () => duplicatesOf(given, { ...options, cosine: embedding.cosine }));
      const pairs = among.groups.flatMap((group) => group.pairs).sort((a, b) => a.likeness - b.likeness);
      console.log(`${search}: among the ${given.length} given images ${pairs.length} pairs of different bytes, threshold ${among.nearThreshold?.toFixed(3) ?? 'none'}`);
      const source = (name: string): string => path.relative(folder, files[Number.parseInt(name, 10)]);
      for (const { a, b, likeness, embedding: cosine = NaN } of pairs) console.log(`  ${likeness.toFixed(2)}, cosine ${cosine.toFixed(2)}: ${source(a)} ${source(b)}`);
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function nameOf(i: number, kind?: string): string {
  return `${String(i).padStart(6, '0')}${kind === undefined ? '' : ` ${kind}`}.png`;
}

function told(file: string, error: unknown): void {
  console.log(`${file}: ${String(error)}`);
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(cpu);
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor, ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB`);
  return value;
}

/** Features drawn as near to each other as those of smears: a common direction and a part of its own. */
const SIZE = 1280;

async function onMany(count: number): Promise<void> {
  const random = randomNumbers(1);
  // As spectra of smears: coefficients of like size at all frequencies.
  const images = Array.from({ length: count }, (_, i): DuplicateInput & { fingerprint: Fingerprint } => ({ path: nameOf(i), sha256: `s${i}`, pixels: 1, fingerprint: Int8Array.from({ length: 256 }, (__, k) => (k === 0 ? 0 : 30 * random.bell())) }));
  const copies = images.slice(0, count / 100).map((image, i) => ({ ...image, path: nameOf(count + i), sha256: `copy ${i}`, fingerprint: image.fingerprint.map((value) => value + random.bell()) }));
  const set = [...images, ...copies];
  console.log(`${count} drawn images and ${copies.length} copies of them on ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`);
  const tell = ({ groups }: { readonly groups: readonly unknown[] }): void => console.log(`  ${groups.length} groups found`);
  tell(await timed('whole pictures', () => duplicatesOf(set)));
  tell(await timed('whole pictures and cut-outs', () => duplicatesOf(set, { candidates: cutoutCandidates({}) })));
  const values = Float32Array.from({ length: count * SIZE }, () => 0.03 * random.next());
  await timed(`nearest of ${SIZE} features`, () => nearestRows({ values, size: SIZE }, 20));
}

async function main([first, second]: readonly string[]): Promise<void> {
  if (first === undefined) throw new Error('usage: npm run bench -- duplicates FOLDER [COUNT] | --many [COUNT]');
  if (first === '--many') await onMany(Number(second ?? 50_000));
  else await onFolder(first, Number(second ?? 1000));
}

void main(process.argv.slice(2));
