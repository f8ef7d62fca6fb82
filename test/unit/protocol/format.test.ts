import { describe, expect, it } from 'vitest';
import { formatMethod, formatMilliseconds, formatPercent, formatProvider, formatScale } from '../../../src/protocol/format';

describe('formatPercent', () => {
  it.each([
    [1, '> 99.9 %'],
    [0.99951, '> 99.9 %'],
    [0.999, '99.9 %'],
    [0.9732, '97.3 %'],
    [0.5, '50.0 %'],
    [0.001, '0.1 %'],
    [0.00099, '< 0.1 %'],
    [0, '< 0.1 %'],
    [NaN, 'not a number'],
  ])('%f reads %s', (probability, text) => expect(formatPercent(probability)).toBe(text));

  it('never says 100 % or 0 %', () => {
    const round = Array.from({ length: 100_001 }, (_, i) => formatPercent(i / 100_000)).filter((text) => /^(100|0)(\.0)? %$/.test(text));
    expect(round).toEqual([]);
  });
});

describe('formatMilliseconds', () => {
  it.each([
    [0.837, '0.84 ms'],
    [12.41, '12.4 ms'],
    [371.4, '371 ms'],
    [2440, '2.4 s'],
  ])('%f reads %s', (milliseconds, text) => expect(formatMilliseconds(milliseconds)).toBe(text));
});

describe('names', () => {
  it('names providers as their makers do', () => expect(formatProvider('dml')).toBe('DirectML'));
  it('names the variant of Grad-CAM++, and none for Grad-CAM', () => {
    expect(formatMethod('grad-cam', 'none')).toBe('Grad-CAM');
    expect(formatMethod('grad-cam++', 'paper')).toBe('Grad-CAM++ (paper)');
  });
});

describe('formatScale', () => {
  it.each([
    [1, '100 %'],
    [3.254, '325 %'],
    [0.0954, '9.5 %'],
    [0.0999, '10 %'],
    [0.1, '10 %'],
  ])('%f reads %s', (scale, text) => expect(formatScale(scale)).toBe(text));
});
