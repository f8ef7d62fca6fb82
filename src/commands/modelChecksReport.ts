import type { ModelInfo } from '../protocol/analysis';
import { RESEARCH_USE } from '../protocol/format';
import { flipRows, type ModelChecks } from '../protocol/modelChecks';

/** The findings as a Markdown page. */
export function modelChecksMarkdown(folder: string, model: ModelInfo, checks: ModelChecks, failures: readonly { readonly path: string; readonly message: string }[]): string {
  return [
    '# SmearLens Model Checks',
    '',
    `${RESEARCH_USE}`,
    '',
    `Model: ${model.name} (${model.id}), over ${checks.images} images of ${folder}`,
    '',
    'How often the verdict changes when one thing is changed that should not decide:',
    '',
    '| change | verdicts that change | share |',
    '|---|---|---|',
    ...flipRows(checks, model.classes).map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
    ...(checks.randomisationSentence === undefined ? [] : [checks.randomisationSentence, '']),
    ...(failures.length === 0 ? [] : ['Images that could not be looked at:', '', ...failures.map(({ path, message }) => `- ${path}: ${message}`), '']),
  ].join('\n');
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
