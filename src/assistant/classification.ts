/** What a language model is told of one image. */
import type { Analysis } from '../protocol/analysis';
import { formatPercent, formatProvider, OUTSIDE_DOMAIN, RESEARCH_USE } from '../protocol/format';
import { markdownCode, markdownTable } from '../protocol/markdown';

/**
 * @param shownPath of the image, as the user knows it
 * @param topK so many classes, the likeliest first. Outside the model's domain none is named, with or without its probability: a reader of
 *   numbers would make a class of the largest
 */
export function classificationText({ image, model, probabilities, predicted, domain, provider }: Omit<Analysis, 'explanation'>, shownPath: string, topK: number): string {
  const outside = domain?.inDomain === false;
  const classes = model.classes.map((c, i) => ({ ...c, p: probabilities[i] ?? NaN })).sort((a, b) => b.p - a.p);
  const shown = classes.slice(0, topK);
  return [
    RESEARCH_USE,
    '',
    `- Image: ${markdownCode(shownPath)} (sha256 ${image.sha256}, ${image.width} × ${image.height} pixels)`,
    `- Model: ${model.name} (id ${markdownCode(model.id)}, sha256 ${model.sha256}), run on ${formatProvider(provider)}`,
    `- Verdict: ${outside ? OUTSIDE_DOMAIN : `${model.classes[predicted]?.name ?? 'none'} (${formatPercent(probabilities[predicted] ?? NaN)})`}`,
    `- Domain: ${domainText(domain)}`,
    ...(outside
      ? ['', 'Do not name a class for this image. The user can look at it in the SmearLens editor.']
      : ['', ...markdownTable(['class', 'id', 'probability'], shown.map(({ name, id, p }) => [name, id, formatPercent(p)])), ...(shown.length < classes.length ? [`${classes.length - shown.length} less likely classes are left out.`] : [])]),
  ].join('\n');
}

function domainText(domain: Analysis['domain']): string {
  if (!domain) return 'not known, as the model comes without statistics of its training images';
  const numbers = `score ${domain.score.toPrecision(3)}, threshold ${domain.threshold.toPrecision(3)}`;
  return domain.inDomain ? `like the model's training images (${numbers})` : `unlike the model's training images (${numbers})`;
}
