/** Against the definitions in plain numpy, by test/fixtures/labelIssues/make.py. */
import { describe, expect, it } from 'vitest';
import golden from '../../fixtures/labelIssues/labelIssues.json';
import { calibratedJoint, classThresholds, confidentClasses, confidentJoint, labelQuality, labelsToCheck, type Selection } from '../../../src/curation/labelIssues';

describe.each(golden)('confident learning: $name', ({ thresholds, confident, joint, calibrated, scores, chosen, ...judged }) => {
  it('scores how well labels fit', () => {
    const quality = labelQuality(judged);
    for (const [name, expected] of Object.entries(scores)) expected.forEach((v, i) => expect(quality[name as keyof typeof quality][i]).toBeCloseTo(v, 12));
  });

  it('has the thresholds, the confident classes and both joints', () => {
    const own = classThresholds(judged);
    thresholds.forEach((t, c) => (t === null ? expect(own[c]).toBeNaN() : expect(own[c]).toBeCloseTo(t, 12)));
    expect([...confidentClasses(judged)]).toEqual(confident);
    expect(confidentJoint(judged)).toEqual(joint);
    calibratedJoint(judged).forEach((row, c) => row.forEach((v, k) => expect(v).toBeCloseTo(calibrated[c][k], 12)));
  });

  it.each(Object.entries(chosen))('chooses labels to check: %s', (selection, expected) => {
    expect(labelsToCheck(judged, selection as Selection)).toEqual(expected);
  });
});
