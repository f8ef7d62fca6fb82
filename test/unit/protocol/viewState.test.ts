import { describe, expect, it } from 'vitest';
import { DEFAULT_VIEW, restoreView, type ViewState } from '../../../src/protocol/viewState';

describe('restoreView', () => {
  it('takes a whole view as it is', () => {
    const view: ViewState = { overlay: 'grad-cam++ paper', classId: 'pro', opacity: 0.2, colourMap: 'turbo', threshold: 0.7, style: 'both', place: { x: 0.25, y: -0.1, scale: 3 }, panelOpen: false };
    expect(restoreView(structuredClone(view))).toEqual(view);
  });

  it.each([undefined, null, 7, 'view', []])('takes %j for no view', (stored) => expect(restoreView(stored)).toEqual(DEFAULT_VIEW));

  it('keeps what it understands and gives the rest its default', () => {
    const stored = { overlay: 'toString', classId: 3, opacity: 1.5, colourMap: 'jet', threshold: 0.25, style: 'jet', place: { x: 0, y: 0, scale: 0 }, panelOpen: 1, more: true };
    expect(restoreView(stored)).toEqual({ ...DEFAULT_VIEW, threshold: 0.25 });
  });
});
