import type { DoctorReport, ModelChoice } from '../protocol/inference';
import { formatMilliseconds, formatProvider } from '../protocol/format';

/** The findings as a Markdown page: a table of the execution providers and one of the versions. */
export function doctorMarkdown(model: ModelChoice, { versions, providers }: DoctorReport): string {
  const rows = providers.map(({ name, works, milliseconds, error }) => {
    const time = milliseconds === undefined ? '' : formatMilliseconds(milliseconds);
    return `| ${formatProvider(name)} | ${works ? 'yes' : 'no'} | ${time} | ${(error ?? '').replace(/\s+/g, ' ').replaceAll('|', '\\|')} |`;
  });
  return [
    '# SmearLens Doctor',
    '',
    `Model: ${model.path}`,
    '',
    '| execution provider | works here | one forward pass | what it says |',
    '|---|---|---|---|',
    ...rows,
    '',
    '| part | version |',
    '|---|---|',
    ...Object.entries(versions).map(([part, version]) => `| ${part} | ${version} |`),
    '',
  ].join('\n');
}
