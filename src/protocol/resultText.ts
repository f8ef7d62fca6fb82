import type { Analysis } from './analysis';
import { formatProvider, OUTSIDE_DOMAIN, RESEARCH_USE } from './format';

/**
 * One smear's result for the clipboard: what it is a result of, the verdict, and a table with tabs that a spreadsheet takes.
 * The numbers in it are exact, not rounded for reading.
 */
export function resultText({ image, model, probabilities, logits, predicted, domain, provider }: Analysis): string {
  const verdict = domain?.inDomain === false ? OUTSIDE_DOMAIN : (model.classes[predicted]?.name ?? '');
  return [
    `image\t${image.path}`,
    `sha256\t${image.sha256}`,
    `model\t${model.name} (sha256 ${model.sha256}), ${formatProvider(provider)}`,
    `verdict\t${verdict}`,
    'class\tprobability\tlogit',
    ...model.classes.map(({ name }, i) => `${name}\t${probabilities[i]}\t${logits[i]}`),
    RESEARCH_USE,
    '',
  ].join('\n');
}
