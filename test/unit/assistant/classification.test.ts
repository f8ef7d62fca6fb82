import { describe, expect, it } from 'vitest';
import { classificationText } from '../../../src/assistant/classification';
import type { Analysis } from '../../../src/protocol/analysis';

const classes = [
  { id: 'Benign', name: 'Benign (hematogones)' },
  { id: 'Early', name: 'Early Pre-B' },
  { id: 'Pre', name: 'Pre-B' },
];
const analysis: Analysis = {
  image: { path: '/smears/a.png', sha256: 'a'.repeat(64), width: 224, height: 200 },
  model: { id: 'all-mobilenetv2', name: 'MobileNetV2', sha256: 'b'.repeat(64), classes },
  logits: [0, 3, 1],
  probabilities: [0.05, 0.8, 0.15],
  predicted: 1,
  domain: { inDomain: true, score: 0.8123, threshold: 1.5 },
  provider: 'cpu',
  milliseconds: 4,
};

describe('the answer about one image', () => {
  it('begins with what it is for, and names image, model and both sha256', () => {
    expect(classificationText(analysis, 'Pre/a.png', 5).split('\n')).toEqual([
      'Research use only. Not for diagnosis.',
      '',
      `- Image: \`Pre/a.png\` (sha256 ${'a'.repeat(64)}, 224 × 200 pixels)`,
      `- Model: MobileNetV2 (id \`all-mobilenetv2\`, sha256 ${'b'.repeat(64)}), run on CPU`,
      '- Verdict: Early Pre-B (80.0 %)',
      "- Domain: like the model's training images (score 0.812, threshold 1.50)",
      '',
      '| class | id | probability |',
      '|---|---|---|',
      '| Early Pre-B | Early | 80.0 % |',
      '| Pre-B | Pre | 15.0 % |',
      '| Benign (hematogones) | Benign | 5.0 % |',
    ]);
  });

  it('lists the likeliest classes, and says how many it leaves out', () => {
    const text = classificationText(analysis, 'a.png', 1);
    expect(text).toContain('| Early Pre-B | Early | 80.0 % |\n2 less likely classes are left out.');
    expect(text).not.toContain('| Pre-B |');
  });

  it('names no class of an image unlike the training images', () => {
    const text = classificationText({ ...analysis, domain: { inDomain: false, score: 2, threshold: 1.5 } }, 'a.png', 5);
    expect(text).toContain("- Verdict: Unlike this model's training images: no class offered");
    expect(text).toContain("- Domain: unlike the model's training images (score 2.00, threshold 1.50)");
    for (const { id, name } of classes) expect(text).not.toMatch(new RegExp(`\\b${id}\\b|${name.replace(/[()]/g, '\\$&')}`));
    expect(text).not.toContain('%');
  });

  it('says so where the domain is not known', () => {
    expect(classificationText({ ...analysis, domain: undefined }, 'a.png', 5)).toContain('- Domain: not known');
  });
});
