/** The options of `smearlens curate label-issues`. */
import { Option, type Command } from 'commander';
import { RANKINGS, type Ranking } from '../../curation/ranking';
import { bundledBackbone } from '../../heads/backbone';
import { defaultModel } from '../../models/defaultModel';
import type { ProviderChoice } from '../../protocol/analysis';
import type { AddCommand, CurateTools } from '../curate';
import { collectPath, parsePath, parseWhole, providerOption } from '../parse';
import { classIdsOf, labelIssues } from './labelIssues';
import { labelledOptions, withLabels, type LabelArguments } from './labelOptions';

interface Arguments extends LabelArguments {
  readonly json?: boolean;
  readonly by: Ranking;
  readonly model?: readonly string[];
  readonly backbone?: string;
  readonly provider: ProviderChoice;
  readonly out?: string;
  readonly top?: number;
}

export function labelIssuesCommand(add: AddCommand, { perform, spawn, root }: CurateTools): void {
  withLabels(add('label-issues', 'which images of a folder to look at first, each with its reason: labels to check, uncertain verdicts, models that disagree').argument('<folder>'))
    .addOption(new Option('--by <reason>', 'label: heads trained on other images do not agree with it; margin, entropy: a model is not sure; disagreement: between models; duplicates: near-duplicates with another label; background: the map lies outside cells').choices(RANKINGS).default('label'))
    .option('--model <path>', 'model.json, its folder, or an .onnx file; repeat it for disagreement (default: the model that comes with SmearLens)', collectPath)
    .option('--backbone <model>', 'the network whose features heads are trained on and near-duplicates are looked for by (default: MobileNetV2 of ImageNet, which saw no smear)', parsePath)
    .addOption(providerOption())
    .option('--out <file>', 'write the rows to a .csv or .json file', parsePath)
    .option('--top <n>', 'only the first n', parseWhole(1))
    .action((folder: string, o: Arguments, c: Command) => {
      if (o.by === 'disagreement' && (o.model?.length ?? 0) < 2) c.error('error: --by disagreement needs at least two models (--model M --model M2)');
      return perform(o, folder, async (output, signal) => {
        const classes = o.classes ?? (o.model && (await classIdsOf(o.model[0])));
        await labelIssues({ ...o, ...labelledOptions(folder, { ...o, classes }), models: o.model ?? [defaultModel(root)], backbone: o.backbone ?? bundledBackbone(root) }, spawn, output, signal);
      });
    });
}
