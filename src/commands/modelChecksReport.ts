import type { ModelInfo } from '../protocol/analysis';
import { RESEARCH_USE } from '../protocol/format';
import { markdownTable } from '../protocol/markdown';
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
    ...markdownTable(['change', 'verdicts that change', 'share'], flipRows(checks, model.classes)),
    '',
    ...(checks.randomisationSentence === undefined ? [] : [checks.randomisationSentence, '']),
    ...(failures.length === 0 ? [] : ['Images that could not be looked at:', '', ...failures.map(({ path, message }) => `- ${path}: ${message}`), '']),
  ].join('\n');
}
