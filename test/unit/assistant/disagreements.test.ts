import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnnotationLog } from '../../../src/annotations/log';
import type { EventDraft } from '../../../src/annotations/types';
import { disagreementsOf, disagreementsText, type DisagreementKind, type Disagreements, type FileState } from '../../../src/assistant/disagreements';

const CLASSES = ['Benign', 'Early', 'Pre'].map((id) => ({ id, name: `${id} cells` }));
const anna = { reviewer: 'Anna', device: '00000001' };
const dora = { reviewer: 'Dora', device: '00000002' };
const MODEL = 'c'.repeat(64);

let root: string;
let log: AnnotationLog;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'smearlens-disagreements-'));
  log = await AnnotationLog.open(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const image = (name: string): { path: string; sha256: string } => ({ path: `smears/${name}.png`, sha256: name.padEnd(64, '0') });
/** @param p probability of what the model says; `said` null: it offered no class */
function label(name: string, value: string | null, said?: string | null, p = 0.7, more: Partial<EventDraft> = {}): EventDraft {
  const model = said === undefined ? undefined : { id: 'net', sha256: MODEL, predicted: said, probabilities: Object.fromEntries(CLASSES.map(({ id }) => [id, id === said ? p : (1 - p) / 2])) };
  return { type: 'label', value, image: image(name), model, sawModelFirst: model && true, ...more } as EventDraft;
}
const find = (kind: DisagreementKind, reviewer = 'Anna'): Disagreements => disagreementsOf([...log.images].flatMap((sha256) => log.state(sha256) ?? []), reviewer, kind);
const names = ({ found }: Disagreements): string[] => found.map(({ state }) => state.image.path.slice('smears/'.length, -'.png'.length));
function text(kind: DisagreementKind, limit = 10, file: FileState = 'same'): string {
  const { found, compared } = find(kind);
  const listed = found.slice(0, limit).map((disagreement) => ({ disagreement, shownPath: disagreement.state.image.path, file }));
  return disagreementsText({ kind, folder: 'smears', log: '.', reviewer: 'Anna', classes: CLASSES, listed, total: found.length, compared });
}

describe('where a reviewer and the model differ', () => {
  beforeEach(() =>
    log.append(anna, [
      label('corrected', 'Pre', 'Early', 0.7),
      label('surest', 'Benign', 'Early', 0.9),
      label('agreed', 'Pre', 'Pre'),
      label('unsure', null, 'Pre'),
      label('no class', 'Pre', null),
      label('no model', 'Pre'),
      label('excluded', 'Pre', 'Early'),
      { type: 'exclude', value: true, image: image('excluded') },
      label('mended', 'Benign', 'Early'),
      label('mended', 'Early', 'Early'),
    ]),
  );

  it('are the images that were corrected, the surest verdict first', () => {
    const found = find('model');
    expect(names(found)).toEqual(['surest', 'corrected']);
    expect(found.compared).toBe(4);
  });

  it('are so whatever another reviewer says, whose own labels are not asked about', async () => {
    await log.append(dora, [label('corrected', 'Early', 'Early'), label('his', 'Pre', 'Early')]);
    expect(names(find('model'))).toEqual(['surest', 'corrected']);
    expect(names(find('model', 'Dora'))).toEqual(['his']);
    expect(names(find('model', 'Cleo'))).toEqual([]);
    expect(text('model')).not.toContain('Dora');
  });

  it('are told with both classes, both probabilities, and the sha256 of image and model', () => {
    expect(text('model').split('\n')).toEqual([
      'Research use only. Not for diagnosis.',
      '',
      'Folder `smears`; labels from the annotation log in `.`; reviewer `Anna`.',
      "The reviewer's label is not the model's verdict on 2 of 4 images that were labelled where a model had offered a class.",
      '',
      "| image | sha256 | reviewer's label (model's probability of it) | model's verdict | model | verdict seen before labelling |",
      '|---|---|---|---|---|---|',
      `| \`smears/surest.png\` | ${'surest'.padEnd(64, '0')} | Benign cells (5.0 %) | Early cells (90.0 %) | net@cccccccc | yes |`,
      `| \`smears/corrected.png\` | ${'corrected'.padEnd(64, '0')} | Pre cells (15.0 %) | Early cells (70.0 %) | net@cccccccc | yes |`,
      '',
      'Models:',
      `- \`net@cccccccc\`: sha256 ${MODEL}`,
    ]);
  });

  it('are listed up to a limit, with the number of the rest, and what has become of the file', () => {
    const short = text('model', 1, 'missing');
    expect(short).toContain('`smears/surest.png` (the file is no longer there)');
    expect(short).not.toContain('corrected.png');
    expect(short).toContain('1 more are not listed.');
    expect(text('model', 1, 'changed')).toContain('(the file has changed since)');
  });
});

describe('where reviewers differ', () => {
  beforeEach(async () => {
    await log.append(anna, [label('image 10', 'Pre'), label('image 2', 'Benign'), label('alike', 'Pre'), label('decided', 'Pre'), label('alone', 'Pre'), label('unsure', null)]);
    await log.append(dora, [label('image 10', 'Early'), label('image 2', 'Pre'), label('alike', 'Pre'), label('decided', 'Early'), label('unsure', 'Early'), label('hidden', 'Early')]);
    await log.append({ reviewer: 'Cleo', device: '00000003' }, [label('hidden', 'Pre'), { type: 'adjudication', value: 'Pre', image: image('decided') }]);
  });

  it('are the images without adjudication, in the order of the Explorer', () => {
    const found = find('reviewers');
    expect(names(found)).toEqual(['image 2', 'image 10']);
    expect(found.compared).toBe(5);
  });

  it('hide what others say of an image until the reviewer has labelled it', async () => {
    expect(text('reviewers')).not.toMatch(/hidden\.png|Cleo/);
    await log.append(anna, [label('hidden', 'Pre')]);
    expect(text('reviewers')).toContain(`| \`smears/hidden.png\` | ${'hidden'.padEnd(64, '0')} | Anna: Pre cells; Cleo: Pre cells; Dora: Early cells |`);
  });

  it('say so where nobody differs', () => {
    expect(disagreementsText({ kind: 'reviewers', folder: 'f', log: '.', reviewer: 'Anna', classes: [], listed: [], total: 0, compared: 3 })).toContain('on 0 of 3 images');
  });
});
