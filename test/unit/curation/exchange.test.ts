/** Exports, and their way back into an empty log. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnotationLog } from '../../../src/annotations/log';
import { writeProject } from '../../../src/annotations/project';
import type { EventDraft, Region } from '../../../src/annotations/types';
import { classesInUse, readDataset, type Dataset } from '../../../src/curation/dataset';
import { exportDataset } from '../../../src/curation/exports/export';
import { provenanceOf, type Format, type Link } from '../../../src/curation/exports/format';
import { applyImport, type Applied } from '../../../src/curation/imports/apply';
import { readImport } from '../../../src/curation/imports/read';
import { regionOf } from '../../../src/curation/regions';
import { readLabels } from '../../../src/evaluation/labelsCsv';
import { RESEARCH_USE } from '../../../src/protocol/format';

const root = mkdtempSync(join(tmpdir(), 'smearlens exchange ü-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = join(root, 'smears');
const classes = ['Benign', 'Pre', 'Pro'].map((id) => ({ id, name: `the ${id}` }));
const PATHS = ['Benign ä/a b.png', 'Pre/a b.png', 'c.png', 'd.png', 'e.png', 'f.png', 'g.png'];
const failed = (file: string, error: unknown): never => {
  throw new Error(`${file}: ${String(error)}`);
};
let dataset: Dataset;

const regions: Region[] = [
  regionOf('urn:uuid:1', { kind: 'box', x: 3, y: 4, width: 10, height: 6 }, { label: 'Pre', note: 'a "blast", ü' }),
  regionOf('urn:uuid:2', { kind: 'polygon', points: [[1, 1], [9, 2], [5, 12]] }, { label: 'Pro' }),
  regionOf('urn:uuid:3', { kind: 'ellipse', cx: 20, cy: 15, rx: 6, ry: 4 }, { label: 'Pre' }),
  regionOf('urn:uuid:4', { kind: 'point', x: 7, y: 8 }, {}),
];

beforeAll(async () => {
  for (const [i, path] of PATHS.entries()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: 20 * i, g: 100, b: 200 } } }).png().toBuffer());
  }
  await writeProject(folder, { schemaVersion: 1, classes, grouping: 'given' });
  const images = (await readDataset(folder, { failed })).images;
  const of = (path: string): EventDraft['image'] => {
    const found = images.find((image) => image.path === path);
    if (!found) throw new Error(path);
    return { path, sha256: found.sha256 };
  };
  const log = await AnnotationLog.open(folder);
  await log.append({ reviewer: 'Anna', device: 'aaaaaaaa' }, [
    { type: 'label', value: 'Benign', image: of('Benign ä/a b.png'), sawModelFirst: false },
    { type: 'label', value: 'Pre', image: of('Pre/a b.png') },
    { type: 'label', value: 'Pre', image: of('c.png') },
    { type: 'label', value: null, image: of('d.png') },
    { type: 'label', value: 'Pro', image: of('e.png') },
    { type: 'exclude', value: true, image: of('e.png') },
    { type: 'note', value: 'zwei\nZeilen, "so"', image: of('Pre/a b.png') },
    { type: 'group', value: 'patient 1', image: of('Pre/a b.png') },
    ...regions.map((value): EventDraft => ({ type: 'region', value, image: of('Pre/a b.png') })),
    { type: 'label', value: 'Pre', image: of('g.png') },
  ]);
  await log.append({ reviewer: 'Bert, Ü', device: 'bbbbbbbb' }, [
    { type: 'label', value: 'Pro', image: of('c.png') },
    { type: 'label', value: 'Pro', image: of('g.png') },
    { type: 'adjudication', value: 'Pro', image: of('g.png') },
  ]);
  dataset = await readDataset(folder, { failed });
});

/** What reviewers say, without when and why: what an import brings back. */
function stateOf({ images }: Dataset): object {
  return images.map(({ path, state, label, status, group }) => ({
    ...{ path, label, status, group },
    opinions: (state?.opinions ?? []).map((o) => [o.reviewer, o.label?.value, o.note, o.excluded, o.regions]),
    adjudication: state?.adjudication && [state.adjudication.reviewer, state.adjudication.value],
  }));
}

async function exported(format: Format, out: string, link: Link = 'copy'): Promise<readonly string[]> {
  const { classes: list, isFixed } = classesInUse(dataset);
  const provenance = provenanceOf({ software: 'SmearLens test', folder: 'smears', classes: list, classesAreFixed: isFixed, chainHeads: dataset.log?.heads ?? {}, images: dataset.images.length });
  return (await exportDataset(format, { images: dataset.images, provenance, out, link, failed })).leftOut;
}

/** The same images without a log; some other names, where images are known by their content. */
function bareCopy(name: string): string {
  const bare = join(root, name);
  for (const path of PATHS) {
    mkdirSync(dirname(join(bare, path)), { recursive: true });
    writeFileSync(join(bare, path), readFileSync(join(folder, path)));
  }
  return bare;
}

async function imported(source: string, into: string, format?: Format): Promise<Applied & { format: Format }> {
  const read = await readImport(source, format, { failed });
  const { images } = await readDataset(into, { failed });
  const log = await AnnotationLog.open(into);
  return { ...(await applyImport(read, images, into, log, { reviewer: 'Importer', device: 'cccccccc', classes, map: {} })), format: read.format };
}

const WHOLE: readonly [Format, string][] = [['jsonl', 'labels.jsonl'], ['coco', 'coco.json'], ['label-studio', 'tasks.json']];

describe.each(WHOLE)('%s', (format, name) => {
  it('brings all that reviewers said back into an empty log, and the second time nothing', async () => {
    const out = join(root, name);
    expect(await exported(format, out)).toEqual([]);
    const bare = bareCopy(`bare ${format}`);
    const first = await imported(out, bare);
    expect([first.format, first.matched, first.unmatched]).toEqual([format, PATHS.length, []]);
    const again = await readDataset(bare, { failed });
    expect(stateOf(again)).toEqual(stateOf(dataset));
    expect(again.images.find(({ path }) => path === 'c.png')?.state?.opinions[0].label?.labelBasis).toBe('imported');
    expect((await imported(out, bare)).events).toBe(0);
    expect(again.log?.problems).toEqual([]);
  });
});

it('csv carries all but regions, is what evaluate reads, and has the class list beside it', async () => {
  const out = join(root, 'labels.csv');
  expect(await exported('csv', out)).toEqual(['4 regions, which a table cannot carry']);
  const bare = bareCopy('bare csv');
  expect((await imported(out, bare)).format).toBe('csv');
  const noRegions = (d: Dataset): object => JSON.parse(JSON.stringify(stateOf(d)).replace(/\[\{"id":"urn.*?\]\]/, '[]]')) as object;
  const state = noRegions(await readDataset(bare, { failed }));
  expect(state).toEqual(noRegions(dataset));
  expect((await readLabels(out)).get('Pre/a b.png')).toEqual({ label: 'Pre', group: 'patient 1', groupSource: 'given' });
  expect(JSON.parse(readFileSync(join(root, 'labels.about.json'), 'utf8'))).toMatchObject({ researchUse: RESEARCH_USE, classes });
});

it.each(['huggingface', 'fiftyone'] as const)('%s carries all but excluded images', async (format) => {
  const out = join(root, `${format} out`);
  expect(await exported(format, out)).toEqual(['1 images that are excluded']);
  const bare = bareCopy(`bare ${format}`);
  const first = await imported(out, bare);
  expect([first.format, first.matched]).toEqual([format, PATHS.length - 1]);
  const used = (d: Dataset): Dataset => ({ ...d, images: d.images.filter(({ path }) => path !== 'e.png') });
  expect(stateOf(used(await readDataset(bare, { failed })))).toEqual(stateOf(used(dataset)));
  expect((await imported(out, bare)).events).toBe(0);
});

it('imagefolder has the labelled images by class, copied or linked, and gives labels to who imports', async () => {
  const kinds: Record<Link, (file: string) => boolean> = { copy: (f) => statSync(f).nlink === 1 && !lstatSync(f).isSymbolicLink(), symbolic: (f) => lstatSync(f).isSymbolicLink(), hard: (f) => statSync(f).nlink > 1 };
  for (const link of ['copy', 'symbolic', 'hard'] as const) {
    const out = join(root, `folders ${link}`);
    await exported('imagefolder', out, link);
    expect(readdirSync(out).sort()).toEqual(['Benign', 'Pre', 'Pro', 'about.json', 'images.csv']);
    expect(kinds[link](join(out, 'Pre', 'a b.png'))).toBe(true);
  }
  const bare = bareCopy('bare folders');
  await imported(join(root, 'folders symbolic'), bare);
  const images = (await readDataset(bare, { failed })).images;
  expect(images.map(({ path, label, group }) => [path, label, group])).toEqual(dataset.images.map(({ path, label, group, status }) => [path, status === 'labelled' ? label : null, status === 'labelled' ? group : undefined]));
  expect(existsSync(join(root, 'folders copy', 'Pro', 'g.png'))).toBe(true);
});

it('coco has boxes and areas in pixels', async () => {
  const out = join(root, 'areas.json');
  await exported('coco', out);
  const { annotations, images, categories, info } = JSON.parse(readFileSync(out, 'utf8')) as { annotations: { bbox: number[]; area: number; segmentation: number[][]; category_id: number }[]; images: { width: number; height: number }[]; categories: { id: number; name: string }[]; info: { description: string } };
  expect(annotations.map(({ bbox }) => bbox)).toEqual([[3, 4, 10, 6], [1, 1, 8, 11], [14, 11, 12, 8], [7, 8, 0, 0]]);
  expect(annotations.map(({ area }) => area)).toEqual([60, 42, expect.closeTo(Math.PI * 24, 9), 0]);
  const ellipse = annotations[2].segmentation[0];
  const shoelace = ellipse.reduce((sum, _, i) => (i % 2 ? sum : sum + ellipse[i] * ellipse[(i + 3) % ellipse.length] - ellipse[i + 1] * ellipse[(i + 2) % ellipse.length]), 0) / 2;
  expect(shoelace).toBeCloseTo(Math.PI * 24, 9);
  expect([images[0].width, images[0].height, info.description]).toEqual([40, 30, RESEARCH_USE]);
  expect(categories.map(({ name }) => name)).toEqual(['Benign', 'Pre', 'Pro', 'no class']);
});

it('leaves what was changed since the import as it is, and refuses names that are no class', async () => {
  const bare = bareCopy('bare changed');
  const file = join(root, 'by path.csv');
  writeFileSync(file, 'path,label\nc.png,the Pre\nnot there.png,Pro\n');
  expect(await imported(file, bare)).toMatchObject({ matched: 1, unmatched: ['not there.png'], events: 1 });
  const log = await AnnotationLog.open(bare);
  const image = (await readDataset(bare, { failed })).images.find(({ path }) => path === 'c.png');
  await log.append({ reviewer: 'Importer', device: 'cccccccc' }, [{ type: 'label', value: 'Pro', image: { path: 'c.png', sha256: image?.sha256 ?? '' } }]);
  expect(await imported(file, bare)).toMatchObject({ events: 0, before: 1 });
  writeFileSync(file, 'path,label\nc.png,Unheard\n');
  await expect(imported(file, bare)).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining("'Unheard'") as string });
});
