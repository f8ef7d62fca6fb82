import { describe, expect, it } from 'vitest';
import { contentOfRegion, formatShape, parseShape, regionOf } from '../../../src/annotations/shapes';
import type { Region } from '../../../src/annotations/types';
import type { Shape } from '../../../src/protocol/shapes';

const SHAPES: readonly (readonly [Shape, string, string])[] = [
  [{ kind: 'box', x: 1, y: 2.5, width: 30, height: 40.1 }, 'FragmentSelector', 'xywh=pixel:1,2.5,30,40.1'],
  [{ kind: 'point', x: 7.5, y: 0 }, 'FragmentSelector', 'xywh=pixel:7.5,0,0,0'],
  [{ kind: 'polygon', points: [[0, 0], [10.5, 0], [3, 8]] }, 'SvgSelector', '<svg><polygon points="0,0 10.5,0 3,8"/></svg>'],
  [{ kind: 'ellipse', cx: 50, cy: 40.2, rx: 3, ry: 4.5 }, 'SvgSelector', '<svg><ellipse cx="50" cy="40.2" rx="3" ry="4.5"/></svg>'],
];

describe('a shape as a selector', () => {
  it.each(SHAPES)('%o is written as %s and read again', (shape, type, value) => {
    const selector = formatShape(shape);
    expect(selector).toEqual({ type, value, ...(type === 'FragmentSelector' ? { conformsTo: 'http://www.w3.org/TR/media-frags/' } : {}) });
    expect(parseShape(selector)).toEqual(shape);
  });

  it('is written to a tenth of a pixel', () => {
    expect(formatShape({ kind: 'box', x: 1.04, y: 1.06, width: 9.96, height: 2.349 }).value).toBe('xywh=pixel:1,1.1,10,2.3');
  });

  it.each([
    ['FragmentSelector', 'xywh=1,2,3,4', { kind: 'box', x: 1, y: 2, width: 3, height: 4 }],
    ['SvgSelector', '<svg xmlns="http://www.w3.org/2000/svg"><polygon points="0 0, 4 0, 4 4"></polygon></svg>', { kind: 'polygon', points: [[0, 0], [4, 0], [4, 4]] }],
    ['SvgSelector', "<svg><ellipse rx='3' ry='4' /></svg>", { kind: 'ellipse', cx: 0, cy: 0, rx: 3, ry: 4 }],
    ['SvgSelector', '<svg><polygon class="cell" points="0,0 4,0 4,4" /></svg>', { kind: 'polygon', points: [[0, 0], [4, 0], [4, 4]] }],
  ])('is understood as others write it: %s %s', (type, value, shape) => expect(parseShape({ type, value })).toEqual(shape));

  it.each([
    ['FragmentSelector', 'xywh=percent:1,2,3,4'],
    ['FragmentSelector', 'xywh=pixel:1,2,3,0'],
    ['FragmentSelector', 'xywh=pixel:1,2,-3,4'],
    ['FragmentSelector', 't=10,20'],
    ['SvgSelector', '<svg><path d="M0 0L4 0L4 4Z"/></svg>'],
    ['SvgSelector', '<svg><polygon points="0,0 4,0"/></svg>'],
    ['SvgSelector', '<svg><polygon points="0,0 4,0 4"/></svg>'],
    ['SvgSelector', '<svg><polygon points="0,0 4px,0 4,4"/></svg>'],
    ['SvgSelector', '<svg><ellipse cx="1" cy="1" rx="3"/></svg>'],
    ['SvgSelector', '<svg><polygon points="0,0 4,0 4,4" transform="scale(2)"/></svg>'],
    ['SvgSelector', '<svg viewBox="0 0 1 1"><polygon points="0,0 4,0 4,4"/></svg>'],
    ['SvgSelector', '<svg><polygon points="0,0 4,0 4,4"/><polygon points="0,0 4,0 4,4"/></svg>'],
    ['SvgSelector', 'no drawing'],
    ['XPathSelector', '//img'],
  ])('is none where it says something else: %s %s', (type, value) => expect(parseShape({ type, value })).toBeUndefined());

  it.each([undefined, null, 'xywh=1,2,3,4', {}, { type: 'FragmentSelector', value: 3 }])('is none where there is no selector: %o', (selector) => expect(parseShape(selector)).toBeUndefined());
});

describe('a region', () => {
  const shape: Shape = { kind: 'box', x: 1, y: 2, width: 3, height: 4 };

  it('is a W3C annotation with its class and its note, and the same when read again', () => {
    const content = { id: 'r1', shape, classId: 'Pre', note: 'two nucleoli' };
    const region = regionOf(content);
    expect(region).toEqual({
      id: 'r1',
      type: 'Annotation',
      body: [
        { type: 'TextualBody', purpose: 'tagging', value: 'Pre' },
        { type: 'TextualBody', purpose: 'commenting', value: 'two nucleoli' },
      ],
      target: { selector: { type: 'FragmentSelector', conformsTo: 'http://www.w3.org/TR/media-frags/', value: 'xywh=pixel:1,2,3,4' } },
    });
    expect(contentOfRegion(JSON.parse(JSON.stringify(region)) as Region)).toEqual(content);
    const bare = { id: 'r2', shape, classId: null, note: '' };
    expect(regionOf(bare).body).toEqual([]);
    expect(contentOfRegion(regionOf(bare))).toEqual(bare);
  });

  it('keeps what another program wrote: further bodies, a source, a shape that cannot be drawn', () => {
    const theirs = {
      id: 'r3',
      type: 'Annotation' as const,
      '@context': 'http://www.w3.org/ns/anno.jsonld',
      body: [
        { type: 'TextualBody', purpose: 'tagging', value: 'Pre' },
        { type: 'TextualBody', purpose: 'assessing', value: 'good' },
      ],
      target: { source: 'a.png', selector: { type: 'SvgSelector', value: '<svg><path d="M0 0L1 1"/></svg>' } },
    };
    const content = contentOfRegion(theirs);
    expect(content).toEqual({ id: 'r3', shape: undefined, classId: 'Pre', note: '' });
    const changed = regionOf({ ...content, classId: 'Pro', note: 'n' }, theirs);
    expect(changed.target).toEqual(theirs.target);
    expect(changed).toHaveProperty('@context', theirs['@context']);
    expect(changed.body.map(({ purpose, value }) => `${purpose} ${value}`)).toEqual(['tagging Pro', 'commenting n', 'assessing good']);
    expect(regionOf({ ...content, shape }, theirs).target).toEqual({ source: 'a.png', selector: formatShape(shape) });
  });

  it.each([[undefined], [null], ['text'], [{ type: 'TextualBody', purpose: 'tagging', value: 'Pro' }]])('is read where the body is %o', (body) => {
    const region = { id: 'r', type: 'Annotation', body, target: 'a.png' } as unknown as Region;
    expect(contentOfRegion(region)).toEqual({ id: 'r', shape: undefined, classId: typeof body === 'object' && body !== null ? 'Pro' : null, note: '' });
  });

  it('without extent or shape is refused', () => {
    expect(() => regionOf({ id: 'r', shape: { ...shape, width: 0.04 }, classId: null, note: '' })).toThrow(/no extent/);
    expect(() => regionOf({ id: 'r', shape: { ...shape, x: NaN }, classId: null, note: '' })).toThrow(/no extent/);
    expect(() => regionOf({ id: 'r', classId: null, note: '' })).toThrow(/no extent/);
  });
});
