import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const CLI = join(import.meta.dirname, '../../dist/cli.js');
const COUNTS = { Benign: 6, Early: 3, 'Pre ü': 2 };

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'smearlens-augment-'));
  for (const [name, count] of Object.entries(COUNTS)) {
    mkdirSync(join(root, 'set', name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const noise = Buffer.from(Uint8Array.from({ length: 48 * 40 * 3 }, (_, k) => (k * 7 + i * 31 + name.length * 17 + ((k * k) % 251)) % 256));
      await sharp(noise, { raw: { width: 48, height: 40, channels: 3 } }).png().toFile(join(root, 'set', name, `field ${i}.png`));
    }
  }
  writeFileSync(join(root, 'set', 'Early', 'broken.png'), 'no image');
  copyFileSync(join(import.meta.dirname, '../fixtures/images/bgr24.bmp'), join(root, 'set', 'Benign', 'field.bmp'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function curate(...args: string[]): Promise<{ code: number; lines: Record<string, unknown>[]; stderr: string }> {
  const { stdout, stderr, code } = await promisify(execFile)(process.execPath, [CLI, 'curate', ...args, '--json']).then(
    (done) => ({ ...done, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { code, stderr, lines: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>) };
}
const rowsOf = (folder: string): Record<string, string>[] => parse<Record<string, string>>(readFileSync(join(folder, 'augmented.csv'), 'utf8'), { columns: true });
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).map((e) => [join(e.parentPath, e.name).slice(folder.length), readFileSync(join(e.parentPath, e.name), 'latin1')]));

describe('curate augment', () => {
  it('splits first, balances the training part, and says where each image comes from', async () => {
    const out = join(root, 'balanced');
    const { code, lines } = await curate('augment', join(root, 'set'), '--out', out, '--validation', '0', '--test', '0.25');
    // The broken image is told of, and nothing else stops.
    expect(code).toBe(1);
    expect(lines.filter((line) => 'error' in line).map(({ path }) => path)).toEqual(['Early/broken.png']);
    const rows = rowsOf(out);
    const training = rows.filter(({ split }) => split === 'train');
    for (const { source, split } of rows) expect(rows.filter((row) => row.source === source).every((row) => row.split === split)).toBe(true);
    expect(rows.filter(({ split, copy }) => split !== 'train' && copy !== '0')).toEqual([]);
    const perClass = Object.keys(COUNTS).map((name) => training.filter(({ label }) => label === name).length);
    expect(perClass[0]).toBe(perClass[2]);
    for (const { path, source, copy } of rows) {
      if (copy === '0') expect(readFileSync(join(out, path))).toEqual(readFileSync(join(root, 'set', source)));
      else expect((await sharp(join(out, path)).metadata()).width).toBe((await sharp(readFileSync(join(root, 'set', source))).metadata().catch(() => ({ width: undefined }))).width ?? (await sharp(join(out, path)).metadata()).width);
    }
    const provenance = JSON.parse(readFileSync(join(out, 'provenance.json'), 'utf8')) as Record<string, unknown>;
    expect(provenance).toMatchObject({ preset: 'balanced', seed: 1, researchUse: expect.stringContaining('Research use only') as string, images: rows.length, warnings: [] });
  });

  it('never lets a copy land on the other side of its source when the set is split anew', async () => {
    const out = join(root, 'balanced');
    await curate('split', out, '--labels', join(out, 'augmented.csv'), '--out', join(root, 'again.csv'), '--seed', '9');
    const again = parse<Record<string, string>>(readFileSync(join(root, 'again.csv'), 'utf8'), { columns: true });
    const sourceOf = new Map(rowsOf(out).map(({ path, source }) => [path, source]));
    const parts = new Map<string, Set<string>>();
    for (const { path, split } of again) {
      const source = sourceOf.get(path) ?? '';
      parts.set(source, (parts.get(source) ?? new Set()).add(split));
    }
    expect(again).toHaveLength(sourceOf.size);
    expect([...parts.values()].filter((own) => own.size > 1)).toEqual([]);
  });

  it('is the same after it was killed and resumed, and refuses to go on with other settings', async () => {
    const whole = join(root, 'whole');
    const killed = join(root, 'killed');
    const args = (out: string): string[] => ['curate', 'augment', join(root, 'set'), '--preset', 'study-table-1', '--seed', '5', '--out', out];
    await curate(...args(whole).slice(1));
    const child = spawn(process.execPath, [CLI, ...args(killed), '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => child.kill('SIGKILL'));
    await new Promise((resolve) => child.once('exit', resolve));
    const other = await curate(...args(killed).slice(1), '--resume', '--rotation', '10');
    expect(other.lines.at(-1)).toMatchObject({ error: { code: 'input-invalid', message: expect.stringContaining("another 'ranges'") as string } });
    expect((await curate(...args(killed).slice(1))).lines.at(-1)).toMatchObject({ error: { code: 'output-unwritable' } });
    await curate(...args(killed).slice(1), '--resume');
    expect(contents(killed)).toEqual(contents(whole));
    expect(JSON.parse(readFileSync(join(whole, 'provenance.json'), 'utf8'))).toMatchObject({ warnings: [expect.stringContaining('both sides') as string] });
  });

  it('refuses to write into the folder that it reads, and draws a preview', async () => {
    const inside = await curate('augment', join(root, 'set'), '--out', join(root, 'set', 'augmented'));
    expect(inside.lines.at(-1)).toMatchObject({ error: { code: 'output-unwritable' } });
    await curate('augment', join(root, 'set'), '--preview', join(root, 'preview.svg'), '--zoom', '0');
    const svg = readFileSync(join(root, 'preview.svg'), 'utf8');
    for (const name of ['Rotation', 'Shear (tangent)', 'Width shift', 'All, at random', 'Research use only']) expect(svg).toContain(name);
    expect(svg).not.toContain('Zoom');
  });
});
