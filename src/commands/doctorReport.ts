import type { DoctorReport, ModelChoice } from '../protocol/inference';
import { formatMilliseconds, formatProvider } from '../protocol/format';
import { markdownTable } from '../protocol/markdown';

/** The findings as a Markdown page: a table of the execution providers and one of the versions. */
export function doctorMarkdown(model: ModelChoice, { versions, providers }: DoctorReport): string {
  const rows = providers.map(({ name, works, milliseconds, error }) => {
    const time = milliseconds === undefined ? '' : formatMilliseconds(milliseconds);
    return [formatProvider(name), works ? 'yes' : 'no', time, error ?? ''];
  });
  return [
    '# SmearLens Doctor',
    '',
    `Model: ${model.path}`,
    '',
    ...markdownTable(['execution provider', 'works here', 'one forward pass', 'what it says'], rows),
    '',
    ...markdownTable(['part', 'version'], Object.entries(versions)),
    '',
  ].join('\n');
}
