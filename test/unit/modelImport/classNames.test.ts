/** Names of classes in the forms that training scripts leave them in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findClassNames, readClassNames } from '../../../src/modelImport/classNames';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'smearlens-names-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const find = (count: number, metadata: Record<string, string> = {}): ReturnType<typeof findClassNames> => findClassNames(join(folder, 'net.onnx'), metadata, count);

describe('class names', () => {
  it.each([
    ['class_indices.json', '{"Pre": 1, "Benign": 0}'],
    ['config.json', '{"model_type": "resnet", "id2label": {"1": "Pre", "0": "Benign"}}'],
    ['idx2label.json', '{"idx2label": ["Benign", "Pre"]}'],
    ['imagenet.json', '{"0": ["n01", "Benign"], "1": ["n02", "Pre"]}'],
    ['names.json', '["Benign", "Pre"]'],
    ['labels.txt', 'Benign\r\n\r\nPre\r\n'],
    ['classes.txt', '0 Benign\n1 Pre\n'],
    ['net.labels.txt', '\uFEFFBenign\nPre'],
    ['net.names', 'Benign\nPre'],
  ])('are read from %s', async (name, content) => {
    write(name, content);
    expect(await find(2)).toEqual({ found: { names: ['Benign', 'Pre'], from: name } });
    expect(await readClassNames(join(folder, name))).toEqual(['Benign', 'Pre']);
  });

  it.each([
    ['names', "{0: 'Benign', 1: \"Early's\"}", ['Benign', "Early's"]],
    ['Classes', '["Benign", "Pre"]', ['Benign', 'Pre']],
    ['labels', 'Benign, Pre', ['Benign', 'Pre']],
    ['class_names', "['Benign, hematogones', 'Pre']", ['Benign, hematogones', 'Pre']],
  ])("of the file's own metadata come first: %s", async (key, value, names) => {
    write('labels.txt', 'x\ny\n');
    expect(await find(2, { author: "['a', 'b']", [key]: value })).toEqual({ found: { names, from: 'metadata' } });
  });

  it('are not taken where their number is another, and that is said', async () => {
    write('labels.txt', 'a\nb\nc\n');
    expect(await find(2)).toEqual({ why: 'labels.txt names 3 classes, the model scores 2' });
  });

  it('are not chosen between files that differ, but that of the model counts before others', async () => {
    write('labels.txt', 'a\nb');
    write('classes.txt', 'b\na');
    expect(await find(2)).toEqual({ why: 'classes.txt and labels.txt name different classes' });
    write('net.labels.txt', 'c\nd');
    expect(await find(2)).toEqual({ found: { names: ['c', 'd'], from: 'net.labels.txt' } });
  });

  it('are none of a manifest, other JSON, gaps, or the same name twice', async () => {
    write('model.json', '["a", "b"]');
    write('package.json', '{"name": "x", "version": "1"}');
    write('gap.json', '{"a": 0, "b": 2}');
    write('labels.txt', 'a\na');
    write('broken.json', '{');
    write('notes.txt', 'a\nb');
    expect(await find(2)).toEqual({ why: undefined });
    await expect(readClassNames(join(folder, 'gap.json'))).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(readClassNames(join(folder, 'absent.txt'))).rejects.toMatchObject({ code: 'input-invalid' });
  });
});
