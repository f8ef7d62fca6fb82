import type * as vscode from 'vscode';
import { describe, expect, it } from 'vitest';
import type { EventDraft, ModelVerdict } from '../../../src/annotations/types';
import type { LabelBook } from '../../../src/editor/labelBook';
import { Labelling } from '../../../src/editor/labelling';
import type { Surface } from '../../../src/editor/surface';

const SHA = 'f'.repeat(64);
const CLASSES = [{ id: 'Pre', name: 'Pre-B' }, { id: 'Pro', name: 'Pro-B' }];
const own: ModelVerdict = { id: 'own', sha256: 'aa', predicted: 'Pre', probabilities: { Pre: 0.9, Pro: 0.1 } };
const ranked: ModelVerdict = { id: 'ranked', sha256: 'bb', predicted: 'Pro', probabilities: { Pre: 0.2, Pro: 0.8 } };

/** What is appended when the class of key 1 is given to a smear that the model 'own' has read. */
async function appended(sawModel: boolean, inRanking: readonly ModelVerdict[]): Promise<EventDraft | undefined> {
  const drafts: EventDraft[] = [];
  const store = { root: '/folder', project: { classes: CLASSES }, state: () => undefined, append: async (_writer: unknown, more: readonly EventDraft[]) => void drafts.push(...more) };
  const book = { reviewer: 'Anna', of: async () => store, peek: () => store, writer: async () => ({ reviewer: 'Anna', device: '1' }) } as unknown as LabelBook;
  const document = { uri: { fsPath: '/folder/a.png' }, sha256: SHA, state: { kind: 'done', analysis: { model: { id: 'own', sha256: 'aa', classes: CLASSES }, predicted: 0, probabilities: [0.9, 0.1] } } };
  const labelling = new Labelling(book, () => inRanking, { error: (text: string) => expect.fail(text) } as unknown as vscode.LogOutputChannel);
  const news = await labelling.take({ current: document } as unknown as Surface, { kind: 'label', id: '1', sha256: SHA, choice: 1, sawModel }, true);
  expect(news).toEqual({ text: 'Saved: a.png Pre-B', failed: false });
  return drafts[0];
}

describe('a label that is given in a review session', () => {
  it('carries what its reviewer saw of models: the one whose verdict was shown, and those of a ranking in sight', async () => {
    expect(await appended(true, [])).toMatchObject({ model: own, sawModelFirst: true });
    expect(await appended(true, [ranked, own])).toMatchObject({ model: own, sawModelFirst: true, alsoSaw: [ranked] });
    expect(await appended(false, [ranked])).toMatchObject({ model: ranked, sawModelFirst: true });
  });

  it('names a model whose verdict was hidden as one that was not seen', async () => {
    expect(await appended(false, [])).toMatchObject({ model: own, sawModelFirst: false });
  });
});
