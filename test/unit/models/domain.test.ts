/** The domain score against the training recipe's own arithmetic, by test/fixtures/domain.json. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDomain } from '../../../src/models/domain';

const root = path.join(__dirname, '../../..');
const fixture = JSON.parse(fs.readFileSync(path.join(root, 'test/fixtures/domain.json'), 'utf8')) as { manifest: string; threshold: number; features: number[][]; scores: number[]; inDomain: boolean[] };
const file = path.join(root, 'models', fixture.manifest, 'model.json');
const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { domain: Record<string, unknown> };

describe('domain', () => {
  const domain = parseDomain(manifest.domain, file);

  it('gives the scores and verdicts of models/training/domain.py', () => {
    expect(fixture.inDomain).toContain(true);
    expect(fixture.inDomain).toContain(false);
    fixture.features.forEach((features, i) => {
      const verdict = domain.judge(Float32Array.from(features));
      expect(Math.abs(verdict.score / fixture.scores[i] - 1)).toBeLessThan(1e-12);
      expect(verdict.inDomain).toBe(fixture.inDomain[i]);
      expect(verdict.threshold).toBe(fixture.threshold);
    });
  });

  it('does not call features of zero like anything', () => {
    expect(domain.judge(new Float32Array(domain.size))).toMatchObject({ inDomain: false, score: Infinity });
  });

  it('refuses statistics whose sizes do not agree', () => {
    expect(() => parseDomain({ ...manifest.domain, groups: [3] }, 'm.json')).toThrow(/m\.json: 'domain\.mean' is not \[3\]/);
  });
});
