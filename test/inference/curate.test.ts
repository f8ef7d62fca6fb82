/** The command line: curate. */
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawSamples } from '../../scripts/samples/draw.mjs';
import { CommandLine } from './commandLine';

const cli = new CommandLine();
afterAll(() => cli.dispose());
process.env.XDG_CONFIG_HOME = cli.at('settings');

const folder = cli.at('drawn smears ü');
const COPIES: Record<string, (image: Sharp) => Sharp> = {
  'again.jpg': (image) => image.jpeg({ quality: 60 }),
  'turned.png': (image) => image.rotate(90).png(),
  'mirrored.png': (image) => image.flop().png(),
  'half.png': (image) => image.resize(112, 112).png(),
};

beforeAll(async () => {
  await drawSamples(folder);
  for (const [name, change] of Object.entries(COPIES)) await change(sharp(join(folder, 'drawn-pre-1.jpg'))).toFile(join(folder, name));
  copyFileSync(join(folder, 'drawn-pro-1.jpg'), join(folder, 'copy.jpg'));
}, 60_000);

interface Found {
  readonly groups: { readonly kind: string; readonly members: { readonly path: string; readonly best: boolean }[] }[];
  readonly excluded: number;
  readonly grouped: number;
}

it('finds planted copies and nothing else, reports first, then excludes and groups in the log', async () => {
  const report = await cli.json('curate', 'duplicates', folder, '--out', cli.at('duplicates.csv'));
  const [found] = report.lines as unknown as Found[];
  expect([report.status, found.excluded, found.grouped, existsSync(join(folder, '.smearlens/annotations'))]).toEqual([0, 0, 0, false]);
  expect(found.groups.map(({ kind, members }) => [kind, members.map(({ path }) => path)])).toEqual([
    ['near', ['again.jpg', 'drawn-pre-1.jpg', 'half.png', 'mirrored.png', 'turned.png']],
    ['exact', ['copy.jpg', 'drawn-pro-1.jpg']],
  ]);
  expect(readFileSync(cli.at('duplicates.csv'), 'utf8').trim().split('\n')).toHaveLength(8);
  expect((await cli.run('curate', 'duplicates', folder, '--keep', 'one')).status).toBe(2);
  const kept = (await cli.json('curate', 'duplicates', folder, '--keep', 'one', '--assign-groups', '--reviewer', 'Anna')).lines as unknown as Found[];
  expect([kept[0].excluded, kept[0].grouped]).toEqual([4, 6]);
  const second = (await cli.json('curate', 'duplicates', folder, '--keep', 'one', '--assign-groups', '--reviewer', 'Anna')).lines as unknown as Found[];
  expect([second[0].excluded, second[0].grouped]).toEqual([0, 0]);
}, 120_000);

it('finds what was cropped by a fifth of its area, by its picture and by its features, and says their cosine', async () => {
  const cropped = cli.at('cropped');
  await drawSamples(cropped);
  // Enough unrelated pictures that those of this set can be told from copies.
  for (const name of readdirSync(cropped).filter((file) => /^drawn.*\d\.jpg$/.test(file))) await sharp(join(cropped, name)).extract({ left: 0, top: 0, width: 60, height: 60 }).png().toFile(join(cropped, `part of ${name}.png`));
  await sharp(join(cropped, 'drawn-early-2.jpg')).extract({ left: 24, top: 0, width: 200, height: 200 }).jpeg({ quality: 80 }).toFile(join(cropped, 'cropped.jpg'));
  const groupsOf = async (...options: string[]): Promise<{ members: { path: string }[]; pairs: { embedding?: number }[] }[]> => ((await cli.json('curate', 'duplicates', cropped, ...options)).lines as unknown as { groups: { members: { path: string }[]; pairs: { embedding?: number }[] }[] }[])[0].groups;
  const [plain, embedded] = [await groupsOf(), await groupsOf('--embedding')];
  for (const groups of [plain, embedded]) expect(groups.map(({ members }) => members.map(({ path }) => path))).toEqual([['cropped.jpg', 'drawn-early-2.jpg']]);
  expect(plain[0].pairs[0].embedding).toBeUndefined();
  expect(embedded[0].pairs[0].embedding).toBeGreaterThan(0.5);
  expect(embedded[0].pairs[0].embedding).toBeLessThan(1);
  expect((await cli.run('curate', 'duplicates', cropped, '--model', 'x.onnx')).status).toBe(2);
}, 120_000);

it('releases, verifies, and says what was changed since', async () => {
  const release = cli.at('release 1');
  expect((await cli.run('curate', 'release', folder, '--out', release)).status).toBe(0);
  expect(readdirSync(release).sort()).toEqual(['CHANGES.md', 'datasheet.md', 'manifest.json']);
  const verify = (): ReturnType<typeof cli.run> => cli.run('curate', 'verify', folder, '--release', release);
  const fine = await verify();
  expect([fine.status, fine.stdout]).toEqual([0, expect.stringContaining('the same as in the release')]);
  const log = join(folder, '.smearlens/annotations', readdirSync(join(folder, '.smearlens/annotations')).find((name) => name.endsWith('.jsonl')) ?? '');
  const text = readFileSync(log, 'utf8');
  writeFileSync(log, text.replace('"exclude","value":true', '"exclude","value":false'));
  const changed = await verify();
  expect([changed.status, changed.stdout]).toEqual([1, expect.stringContaining('CHANGED')]);
  writeFileSync(log, text);
  appendFileSync(join(folder, 'drawn-pro-2.jpg'), 'x');
  const image = await verify();
  expect([image.status, image.stderr]).toEqual([1, expect.stringContaining('drawn-pro-2.jpg: its bytes are not those of the release')]);
}, 120_000);

it('imports labels, exports them, and tells how far reviewers agree', async () => {
  writeFileSync(cli.at('labels.csv'), 'path,label\ndrawn-pre-2.jpg,Pre\ndrawn-pro-2.jpg,Pro\nmissing.png,Pro\n');
  const first = await cli.json('curate', 'import', cli.at('labels.csv'), '--into', folder, '--reviewer', 'Bert');
  expect([first.status, first.lines[0].error?.code, first.lines[1]]).toMatchObject([1, 'image-not-found', { matched: 2, events: 2 }]);
  const exported = await cli.run('curate', 'export', folder, '--format', 'csv', '--out', cli.at('out.csv'));
  expect([exported.status, exported.stdout]).toEqual([0, expect.stringContaining('Research use only')]);
  expect(readFileSync(cli.at('out.csv'), 'utf8')).toMatch(/drawn-pre-2\.jpg,[0-9a-f]{64},Pre,labelled/);
  const agreement = await cli.run('curate', 'agreement', folder);
  expect([agreement.status, agreement.stdout]).toEqual([0, expect.stringContaining('Agreement is not correctness')]);
}, 120_000);
