/** `smearlens curate agreement`: how far reviewers agree. */
import type { Command } from 'commander';
import { agreementOf } from '../../curation/agreement';
import { agreementMarkdown, NOT_CORRECTNESS } from '../../curation/agreementText';
import { readRated } from '../../curation/rated';
import { writeWhole } from '../../evaluation/outFolder';
import { RESEARCH_USE } from '../../protocol/format';
import type { AddCommand, CurateTools } from '../curate';
import { parsePath, parseWhole } from '../parse';

interface AgreementArguments {
  readonly json?: boolean;
  readonly out?: string;
  readonly seed?: number;
  readonly resamples?: number;
}

export function agreementCommand(add: AddCommand, { perform }: CurateTools): void {
  add('agreement', "how far reviewers agree: Cohen's and Fleiss' kappa with intervals, who says what, agreement with oneself, disputes")
    .argument('<folder>')
    .option('--out <file>', 'all figures as .json, or the report as .md', parsePath)
    .option('--seed <number>', 'of the random numbers that the bootstrap draws (default: 1)', parseWhole(0))
    .option('--resamples <number>', 'of the bootstrap (default: 2000)', parseWhole(100))
    .action((folder: string, o: AgreementArguments, c: Command) => {
      if (o.out !== undefined && !/\.(json|md)$/i.test(o.out)) c.error('error: --out is a .json or .md file');
      return perform(o, folder, async (output) => {
        const { images, classes, groupSource } = await readRated(folder);
        const report = agreementOf(images, { classes, groupSource, seed: o.seed, resamples: o.resamples });
        const value = { researchUse: RESEARCH_USE, note: NOT_CORRECTNESS, ...report };
        const text = agreementMarkdown(report);
        if (o.out !== undefined) await writeWhole(o.out, o.out.toLowerCase().endsWith('.md') ? text : `${JSON.stringify(value, null, 2)}\n`);
        output.result({ ...value, markdown: text }, () => text.trimEnd());
      });
    });
}
