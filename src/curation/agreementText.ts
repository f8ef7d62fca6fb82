/** The agreement of reviewers in Markdown, for people. */
import { RESEARCH_USE } from '../protocol/format';
import type { Agreement, AgreementReport, Estimate, PairAgreement } from './agreement';

export const NOT_CORRECTNESS = 'Agreement is not correctness: readers can agree on what is wrong, and on one field they see the same cells and the same stain.';

export function agreementMarkdown(report: AgreementReport): string {
  const { images, excluded, unsure, units, all, independent, afterModel, unknown, self, disputes } = report;
  return [
    '# Agreement of reviewers',
    '',
    `${images} images with opinions of ${all.reviewers.length} reviewers${excluded > 0 ? `; ${excluded} more are excluded` : ''}. ${unsure > 0 ? `${unsure} times a reviewer was unsure; that is in no figure. ` : ''}Intervals: 95 %, bootstrap over ${units.grouped ? `${units.count} groups (patients or slides)` : 'images, which are taken for independent: too narrow if images share a smear'}.`,
    '',
    NOT_CORRECTNESS,
    '',
    ...section('All labels', all),
    ...section('Independent labels: blind, or given before the model was seen', independent),
    ...section('Labels given after the model was seen: agreement may be the model’s doing', afterModel),
    ...(unknown > 0 ? [`Of ${unknown} labels, such as imported ones, it is not known whether the model was seen first.`, ''] : []),
    '## Agreement with oneself',
    '',
    ...(self.length === 0
      ? ['No image was shown a second time without saying so.']
      : ['| reviewer | repeats | same label | kappa |', '|---|---|---|---|', ...self.map((own) => `| ${cell(own.reviewer)} | ${own.images} | ${share(own)} | ${kappaText(own.kappa)} |`)]),
    '',
    '## Who says what',
    '',
    ...all.pairs.flatMap((pair) => [`Rows: ${cell(pair.a)}; columns: ${cell(pair.b)}.`, '', ...table(report.classes, pair), '']),
    `## Disputes: ${disputes.length}`,
    '',
    ...disputes.map(({ path, labels }) => `- ${path}: ${labels.map(({ reviewer, value }) => `${reviewer} says ${value ?? 'unsure'}`).join(', ')}`),
    ...(disputes.length > 0 ? ["", "'SmearLens: Adjudicate Disputes' shows them one after the other."] : []),
    '',
    RESEARCH_USE,
    '',
  ].join('\n');
}

function section(title: string, { pairs, fleiss }: Agreement): string[] {
  const rows = pairs.map((pair) => `| ${cell(pair.a)}, ${cell(pair.b)} | ${pair.images} | ${share(pair)} | ${kappaText(pair.kappa)} |`);
  return [
    `## ${title}`,
    '',
    ...(pairs.length === 0 ? ['No image has labels of two reviewers.'] : ["| reviewers | images | same label | Cohen's kappa |", '|---|---|---|---|', ...rows]),
    '',
    ...(fleiss ? [`Fleiss' kappa: ${kappaText(fleiss.kappa)} on the ${fleiss.images} images with ${fleiss.raters} labels each${fleiss.others > 0 ? `; ${fleiss.others} with another number of labels are left out` : ''}.`, ''] : []),
  ];
}

function table(classes: readonly string[], { confusion }: PairAgreement): string[] {
  return [`| | ${classes.map(cell).join(' | ')} |`, `|---|${classes.map(() => '---').join('|')}|`, ...confusion.map((row, i) => `| ${cell(classes[i])} | ${row.join(' | ')} |`)];
}

function share({ agreement }: PairAgreement): string {
  return agreement === null ? '–' : `${(100 * agreement).toFixed(1)} %`;
}

function kappaText({ value, interval }: Estimate): string {
  const { low, high, note } = interval;
  const ends = low === null || high === null ? ` (${note ?? 'no interval'})` : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  return value === null ? 'not defined' : `${value.toFixed(3)}${ends}`;
}

/** A name may hold what divides a table's cells. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
