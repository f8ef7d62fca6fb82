/** What a release is, in words: after 'Datasheets for Datasets' (Gebru et al. 2021), as far as the log and the files know it. */
import { RESEARCH_USE } from '../protocol/format';
import type { AgreementReport, Estimate } from './agreement';
import { NOT_CORRECTNESS } from './agreementText';
import type { Dataset, DatasetImage } from './dataset';
import type { Manifest } from './release';

/** @param agreement undefined where nobody has labelled */
export function datasheetMarkdown(manifest: Manifest, { images, project }: Dataset, agreement: AgreementReport | undefined): string {
  const { classes, classesAreFixed, folder, created, software, chainHeads } = manifest;
  const contents = new Set(images.map(({ sha256 }) => sha256)).size;
  const groups = new Set(images.flatMap(({ group }) => group ?? [])).size;
  const ungrouped = images.filter(({ group }) => group === undefined).length;
  const splits = [...new Set(images.map(({ split }) => split))].sort();
  return [
    `# Datasheet: ${folder}`,
    '',
    `**${RESEARCH_USE}** Released ${created.slice(0, 10)} by ${software}.`,
    '',
    '## Composition',
    '',
    `${images.length} images${contents < images.length ? `, of which ${images.length - contents} have the bytes of another` : ''}. ${groups} groups (patients or slides)${ungrouped > 0 ? `; ${ungrouped} images have none` : ''}.${project?.micrometresPerPixel === undefined ? '' : ` ${project.micrometresPerPixel} µm per pixel.`}`,
    '',
    `| class | ${splits.map((split) => split ?? (splits.length > 1 ? 'no split' : 'images')).join(' | ')} |`,
    `|---|${splits.map(() => '---').join('|')}|`,
    ...classes.map(({ id, name }) => row(name === id ? id : `${id} (${name})`, splits, images.filter(({ label }) => label === id))),
    ...(['unlabelled', 'unsure', 'disputed', 'excluded'] as const).map((status) => row(`no label: ${status}`, splits, images.filter((image) => image.status === status))),
    '',
    ...(classesAreFixed ? [] : ['The project has no fixed list of classes: the list is that of the labels given.', '']),
    '## Where it comes from',
    '',
    ...sources(images),
    '',
    '## Labels',
    '',
    ...reviewers(images),
    '',
    ...(agreement ? agreementLines(agreement) : ['Nobody has labelled an image of this folder with SmearLens.', '']),
    '## Known limits',
    '',
    ...limits(images, { groups, ungrouped, contents }, agreement).map((line) => `- ${line}`),
    '',
    '## Chain heads',
    '',
    'The sha256 of the last line of each file of the annotation log. `smearlens curate verify FOLDER --release DIR` tells by them whether a line before was changed.',
    '',
    ...Object.entries(chainHeads).map(([file, { head, lines }]) => `- ${file}: ${lines} lines, ${head}`),
    '',
    RESEARCH_USE,
    '',
  ].join('\n');
}

function row(name: string, splits: readonly (string | undefined)[], images: readonly DatasetImage[]): string {
  return `| ${name.replaceAll('|', '\\|')} | ${splits.map((split) => images.filter((image) => image.split === split).length).join(' | ')} |`;
}

/** By the folders at the top and the kinds of files: what the files themselves say. */
function sources(images: readonly DatasetImage[]): string[] {
  const top = new Map<string, number>();
  for (const { path } of images) {
    const name = path.includes('/') ? `${path.split('/')[0]}/` : '(no folder)';
    top.set(name, (top.get(name) ?? 0) + 1);
  }
  return [...[...top].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `- ${name}: ${count} images`), '', 'How the images were collected, with which consent and under which licence, the files do not say: write it here.'];
}

function reviewers(images: readonly DatasetImage[]): string[] {
  const found = new Map<string, { labels: number; unsure: number; imported: number; sawModel: number; repeats: number }>();
  for (const { state } of images) {
    for (const { reviewer, label, repeats } of state?.opinions ?? []) {
      const own = found.get(reviewer) ?? { labels: 0, unsure: 0, imported: 0, sawModel: 0, repeats: 0 };
      found.set(reviewer, own);
      own.repeats += repeats.length;
      if (!label) continue;
      own.labels++;
      if (label.value === null) own.unsure++;
      if (label.labelBasis === 'imported') own.imported++;
      if (label.sawModelFirst) own.sawModel++;
    }
  }
  const adjudicated = images.filter(({ state }) => state?.adjudication).length;
  return [
    '| reviewer | labels | of them unsure | imported | after seeing a model | silent repeats |',
    '|---|---|---|---|---|---|',
    ...[...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => `| ${name.replaceAll('|', '\\|')} | ${own.labels} | ${own.unsure} | ${own.imported} | ${own.sawModel} | ${own.repeats} |`),
    '',
    `${adjudicated} images were adjudicated.`,
  ];
}

function agreementLines({ all, independent, disputes }: AgreementReport): string[] {
  const word = ({ value, interval: { low, high } }: Estimate): string => (value === null ? 'not defined' : `${value.toFixed(3)}${low === null || high === null ? ' (no interval)' : ` [${low.toFixed(2)}, ${high.toFixed(2)}]`}`);
  const of = (title: string, { pairs, fleiss }: AgreementReport['all']): string[] => [
    ...pairs.map(({ a, b, images, kappa }) => `- ${title}, ${a} and ${b}, ${images} images: Cohen's kappa ${word(kappa)}`),
    ...(fleiss ? [`- ${title}, ${fleiss.images} images with ${fleiss.raters} labels: Fleiss' kappa ${word(fleiss.kappa)}`] : []),
  ];
  return ['### Agreement', '', ...of('all labels', all), ...of('independent labels', independent), `- ${disputes.length} disputes are not decided`, '', NOT_CORRECTNESS, ''];
}

function limits(images: readonly DatasetImage[], { groups, ungrouped, contents }: { groups: number; ungrouped: number; contents: number }, agreement: AgreementReport | undefined): string[] {
  const labelled = images.filter(({ status }) => status === 'labelled');
  const single = labelled.filter(({ state }) => (state?.opinions ?? []).filter(({ label }) => label && label.value !== null).length < 2).length;
  const seen = labelled.filter(({ state }) => (state?.opinions ?? []).some(({ label }) => label?.sawModelFirst)).length;
  return [
    ...(groups === 0 ? ['It is not known which images share a patient or slide: splits may leak, and intervals are too narrow.'] : ungrouped > 0 ? [`It is not known of ${ungrouped} images which patient or slide they are of.`] : []),
    ...(contents < images.length ? [`${images.length - contents} files are copies of others, byte for byte.`] : []),
    ...(single > 0 ? [`${single} labels are the word of one reviewer alone.`] : []),
    ...(seen > 0 ? [`${seen} labels were given after a model's verdict was seen: they flatter that model.`] : []),
    ...(agreement && agreement.disputes.length > 0 ? [`${agreement.disputes.length} images are disputed and have no label.`] : []),
    'A label is what reviewers saw in one field, not a diagnosis.',
  ];
}
