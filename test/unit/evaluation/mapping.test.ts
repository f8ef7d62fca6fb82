import { describe, expect, it } from 'vitest';
import { ClassMapping } from '../../../src/evaluation/mapping';

const classes = [
  { id: 'Benign', name: 'Benign (hematogones)', superclass: 'benign' },
  { id: 'Early', name: 'Early Pre-B', superclass: 'malignant' },
  { id: 'Pre', name: 'Pre-B', superclass: 'malignant' },
  { id: 'Pro', name: 'Pro-B', superclass: 'malignant' },
];
const idOf = (name: string, given = {}): string | null => {
  const index = new ClassMapping(classes, given).indexOf(name);
  return index === null ? null : classes[index].id;
};

describe('ClassMapping', () => {
  it.each([
    ['Benign', 'Benign'],
    ['benign', 'Benign'],
    ['[Malignant] Pre-B', 'Pre'],
    ['[Malignant] early Pre-B', 'Early'],
    ['[Malignant] Pro-B', 'Pro'],
    ['early Pre-B', 'Early'],
    ['Early Pre-B', 'Early'],
    ['PRE_B', 'Pre'],
    ['pro b cells', 'Pro'],
    ['Hematogones', 'Benign'],
    ['Pre, second batch', 'Pre'],
  ])('takes %s for %s', (name, id) => expect(idOf(name)).toBe(id));

  it.each(['Malignant', 'Pre Pro', 'B', 'slide 3', 'other', 'not benign', 'non Pre-B', '', '12'])('takes %j for no class', (name) => expect(idOf(name)).toBeNull());

  it('needs no more than the ids', () => {
    const bare = new ClassMapping(['Benign', 'Early', 'Pre', 'Pro'].map((id) => ({ id, name: id })));
    expect(['[Malignant] Pre-B', '[Malignant] Pro-B', 'all_early_blasts'].map((name) => bare.indexOf(name))).toEqual([2, 3, 1]);
    expect(bare.match('early Pre-B').how).toBe('ambiguous');
  });

  it('says why', () => {
    const mapping = new ClassMapping(classes, { odd: 'Pro' });
    const how = (name: string): string => mapping.match(name).how;
    expect(['Pre', 'pre', 'Pre B cell', 'Pre Pro', 'x', 'odd'].map(how)).toEqual(['exact', 'same', 'likest', 'ambiguous', 'none', 'given']);
  });

  it('is corrected by the user, whatever the form of the letters', () => {
    expect(idOf('caf\u00e9', { 'cafe\u0301': 'Early' })).toBe('Early');
    expect(idOf('Pre', { Pre: 'Pre-B' })).toBe('Pre');
    expect(idOf('Pre', { Pre: '' })).toBeNull();
    expect(() => idOf('Pre', { Pre: 'Blast' })).toThrow(/'Blast', which is no class/);
  });

  it('never takes a numbered folder for a class of a file without a manifest', () => {
    const numbered = new ClassMapping([{ id: '0', name: '0' }, { id: '1', name: '1' }]);
    expect(['0', 'slide 1', 'patient-0'].map((name) => numbered.indexOf(name))).toEqual([0, null, null]);
  });

  it('takes one of two classes of the same name for neither', () => {
    expect(new ClassMapping([{ id: 'a', name: 'cell' }, { id: 'b', name: 'Cell' }]).match('CELL').how).toBe('ambiguous');
  });
});
