/** The options by which the sub-commands of `curate` are told where labels come from. */
import { Option, type Command } from 'commander';
import type { LabelledOptions } from '../../curation/labelled';
import { collectMapping, parseNames, parseShare, parseWhole } from '../parse';

export interface LabelArguments {
  readonly labels: string;
  readonly groups: 'none' | 'file-run';
  readonly map: Readonly<Record<string, string>>;
  readonly classes?: readonly string[];
}

/** @param groups what is done without saying */
export function withLabels(command: Command, groups: LabelArguments['groups'] = 'none'): Command {
  return command
    .option('--labels <file.csv>', 'a CSV (path, label, optionally group, groupSource, split), `annotations` for the annotation log, or `folders`', 'folders')
    .option('--classes <names>', 'ids of the classes in order, separated by commas (default: those of .smearlens/project.json, else the names of the labels)', parseNames)
    .option('--map <NAME=CLASS>', 'what a name of the labels stands for; an empty class leaves it out; repeat it for several names', collectMapping, {})
    .addOption(new Option('--groups <how>', 'where none are given: guess patients or slides from runs of file numbers').choices(['none', 'file-run']).default(groups));
}

export function labelledOptions(folder: string, { labels, groups, map, classes }: LabelArguments): LabelledOptions {
  return { folder, groups, map, classes, labels: labels === 'folders' || labels === 'annotations' ? labels : { csv: labels } };
}

/** Of the parts that images are split into. */
export interface ShareArguments {
  readonly test: number;
  readonly validation: number;
  readonly seed: number;
}

export function withShares(command: Command): Command {
  return command
    .option('--test <share>', 'of all images', parseShare(1), 0.2)
    .option('--validation <share>', 'of what is left', parseShare(1), 0.2)
    .option('--seed <number>', 'of what is drawn', parseWhole(0), 1);
}
