import { describe, expect, it } from 'vitest';
import { sheetPlan, sheetSvg, type SheetPictures, type SheetSource } from '../../../src/explain/sheet';
import { text, wrap } from '../../../src/explain/svg';
import type { Analysis, CamMap, Explanation } from '../../../src/protocol/analysis';
import { scoreCam } from '../protocol/scoreCam';

const CLASSES = Array.from({ length: 8 }, (_, i) => ({ id: String(i), name: `Class <${i}>` }));
const map = (method: CamMap['method'], variant: CamMap['variant'], classIndex: number): CamMap => ({ method, variant, classIndex, raw: Float32Array.of(0, 1, 2, 3), flat: false });

/** A smear of a model of so many classes. */
function source(count: number, change: Partial<Analysis> = {}, changeMap: (map: CamMap) => CamMap = (m) => m): SheetSource {
  const classes = CLASSES.slice(0, count);
  const indices = classes.map((_, i) => i);
  const explanation: Explanation = { layer: 'features.18', height: 2, width: 2, channels: 12, maps: indices.flatMap((i) => [map('grad-cam', 'none', i), map('grad-cam++', 'normalised', i), map('grad-cam++', 'paper', i)].map(changeMap)) };
  const analysis: Omit<Analysis, 'image'> = {
    model: { id: 'm', name: 'My net', sha256: 'cd'.repeat(32), classes },
    logits: indices,
    probabilities: indices.map((i) => ((3 * i) % 8) / 8),
    predicted: 1,
    provider: 'cpu',
    milliseconds: 4,
    ...change,
  };
  const answer = scoreCam(10, { maps: indices.flatMap((i) => [map('score-cam', 'authors', i), map('score-cam', 'channel-softmax', i)].map(changeMap)) });
  return { fileName: 'a & b.jpg', analysis, explanation, scoreCam: answer, colours: 'viridis', opacity: 0.5 };
}

const picture = (name: string): string => `data:image/png;base64,${name}`;

function drawn(from: SheetSource): string {
  const plan = sheetPlan(from);
  const pictures: SheetPictures = { width: 40, height: 30, smear: picture('smear'), overlays: plan.rows.map(({ maps }, row) => maps.map(({ classIndex }) => picture(`${row}/${classIndex}`))) };
  return sheetSvg(from, plan, pictures);
}

/** As far as it is text, the lines joined. */
const textOf = (svg: string): string => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content).join(' ');

describe('sheetPlan', () => {
  it("has a row for Grad-CAM, Grad-CAM++ as its paper has it, and Score-CAM as its authors have it, and says of Score-CAM how it was computed", () => {
    const { rows, classes } = sheetPlan(source(4));
    expect(rows.map(({ label }) => label)).toEqual(['Grad-CAM', 'Grad-CAM++ (paper)', "Score-CAM (authors'), exact"]);
    expect(classes).toEqual([0, 1, 2, 3]);
    for (const { maps } of rows) expect(maps.map(({ classIndex }) => classIndex)).toEqual(classes);
    expect(rows.map(({ maps }) => `${maps[0].method} ${maps[0].variant}`)).toEqual(['grad-cam none', 'grad-cam++ paper', 'score-cam authors']);
  });

  it("has the likeliest classes of a model of many, in the model's order", () => expect(sheetPlan(source(8)).classes).toEqual([1, 2, 4, 5, 7]));
});

describe('sheetSvg', () => {
  it('holds each picture once, at its class and method', () => {
    const svg = drawn(source(4));
    const places = [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"[^>]*href="data:image\/png;base64,([^"]+)"/g)].map(([, x, y, width, height, name]) => ({ x: Number(x), y: Number(y), width: Number(width), height: Number(height), name }));
    expect(places.map(({ name }) => name).sort()).toEqual(['smear', ...[0, 1, 2].flatMap((row) => [0, 1, 2, 3].map((index) => `${row}/${index}`))].sort());
    const place = (row: number, index: number): { x: number; y: number } => places.find(({ name }) => name === `${row}/${index}`) ?? { x: NaN, y: NaN };
    for (const { width, height } of places) expect(width / height).toBeCloseTo(4 / 3, 2);
    for (const index of [0, 1, 2]) expect([place(0, index + 1).y === place(0, index).y, place(0, index + 1).x > place(0, index).x + 190]).toEqual([true, true]);
    for (const row of [0, 1]) expect([place(row + 1, 0).x === place(row, 0).x, place(row + 1, 0).y > place(row, 0).y + 150]).toEqual([true, true]);
  });

  it('says what it shows: verdict, probabilities, layer, colours, Score-CAM, model, and what it is not for', () => {
    const words = textOf(drawn(source(4)));
    for (const part of ['a &amp; b.jpg: Class &lt;1&gt;, probability 37.5 %', 'probability &lt; 0.1 %', 'layer features.18 (2 × 2)', 'colours Viridis, opacity 50 %', 'Score-CAM: exact, 10 passes; masked parts are RGB 124, 116, 104', 'low high', 'Model: My net', 'Research use only. Not for diagnosis.']) expect(words).toContain(part);
    expect(words).not.toMatch(/Flat|nearly equal|likeliest|arithmetic/);
  });

  it('says what a reader must know of single maps', () => {
    expect(textOf(drawn(source(4, {}, (m) => ({ ...m, flat: m.method === 'grad-cam' && m.classIndex === 2 }))))).toContain('Flat, nothing stands out: Grad-CAM for Class &lt;2&gt;.');
    expect(textOf(drawn(source(2, {}, (m) => (m.method === 'score-cam' ? { ...m, weightVariation: 0.01 } : m))))).toMatch(/Weights nearly equal, so activity and not evidence for the class: Score-CAM \(authors'\), exact for Class &lt;0&gt;; Score-CAM/);
    expect(textOf(drawn(source(8)))).toContain('The likeliest 5 of 8 classes.');
  });

  it('offers no class outside the domain', () => {
    const words = textOf(drawn(source(4, { domain: { inDomain: false, score: 3, threshold: 2 } })));
    expect(words).toContain("a &amp; b.jpg: Unlike this model's training images: no class offered");
  });

  it('has all of its text within the drawing', () => {
    const svg = drawn(source(4));
    const [width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.slice(1).map(Number) ?? [];
    for (const [, x, y] of svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)) expect([Number(x) < width, Number(y) < height]).toEqual([true, true]);
  });
});

describe('text in a drawing', () => {
  it('is broken between words, and a long word inside', () => {
    expect(wrap('one two three', 40, 10)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij', 30, 10)).toEqual(['abcde', 'fghij']);
  });

  it('is nothing but text, whatever a file is called', () => {
    expect(text(1, 2, '<b>&"\u0007\ud800😀', { size: 10 })).toBe('<text x="1" y="2" font-size="10" fill="#101010">&lt;b&gt;&amp;&quot;??😀</text>');
  });
});
