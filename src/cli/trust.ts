/** `smearlens explain --trust`: the checks of the maps that were written, as numbers and as sentences. */
import type { CamMap, ClassInfo } from '../protocol/analysis';
import { deletionContest, insertionContest, roadContest } from '../protocol/faithfulness';
import { formatMethod } from '../protocol/format';
import type { AnswerTo } from '../protocol/inquiry';
import { sentencesOf } from '../protocol/mapChecks';
import type { Faithfulness, MapInQuestion, Replacement } from '../protocol/trust';
import { counterfactualVerdict, energySentences, enrichment, faithfulnessSentence, nearlySameMaps, randomisationSentence, randomisationVerdict } from '../protocol/trustText';
import type { ExplainedImage } from './maps';
import { wholeAnswer, type Asker } from './wholeAnswer';

export interface TrustReport {
  /** `trust` of maps.json (docs/ARCHITECTURE.md, 'Command line'). */
  readonly record: object;
  readonly sentences: readonly string[];
}

/**
 * Checks the maps of one class: the predicted one where they are among those given, else the likeliest that is.
 * @param road also removal by noisy linear imputation
 * @returns undefined where it was interrupted
 */
export async function trustReport(asker: Asker, explained: ExplainedImage, maps: readonly CamMap[], road: boolean): Promise<TrustReport | undefined> {
  const { logits, model } = explained.analysis;
  const checked = maps.reduce((best, m) => (best < 0 || logits[m.classIndex] > logits[best] ? m.classIndex : best), -1);
  const about: { record: object; sentences: string[] }[] = [];
  for (const map of maps.filter((m) => m.classIndex === checked)) {
    const report = await mapReport(asker, { ...map, height: explained.height, width: explained.width }, model.classes, road);
    if (!report) return undefined;
    about.push(report);
  }
  const changes = await wholeAnswer(asker, { kind: 'counterfactuals' });
  const random = changes && (await wholeAnswer(asker, { kind: 'randomisation' }));
  if (!random) return undefined;
  const verdicts = changes.changed.map((c) => ({ ...c, ...counterfactualVerdict(c, changes.logits, model.classes) }));
  const alike = nearlySameMaps(explained, logits, model.classes);
  return {
    record: {
      maps: about.map((a) => a.record),
      similarity: alike,
      counterfactuals: { changed: verdicts.map(({ towards, flipsTo, ...v }) => ({ ...v, towards: idOf(towards), flipsTo: idOf(flipsTo) })), skipped: changes.skipped },
      randomisation: { stages: random.stages, ...randomisationVerdict(random), sentence: randomisationSentence(random) },
    },
    sentences: [...about.flatMap((a) => a.sentences), ...alike, ...sentencesOf(changes, model.classes), ...sentencesOf(random, model.classes)],
  };

  function idOf(index: number | undefined): string | undefined {
    return index === undefined ? undefined : model.classes[index].id;
  }
}

async function mapReport(asker: Asker, map: MapInQuestion, classes: readonly ClassInfo[], road: boolean): Promise<{ record: object; sentences: string[] } | undefined> {
  const replacements: Replacement[] = road ? ['blur', 'road'] : ['blur'];
  const removal: { answer: AnswerTo<'faithfulness'>; sentence: string }[] = [];
  for (const replacement of replacements) {
    const answer = await wholeAnswer(asker, { kind: 'faithfulness', map, replacement });
    if (!answer) return undefined;
    removal.push({ answer, sentence: faithfulnessSentence(answer) ?? '' });
  }
  const energy = await wholeAnswer(asker, { kind: 'map-energy', map });
  if (!energy) return undefined;
  const { summary, warnings } = energySentences(energy);
  const classId = classes[map.classIndex].id;
  const name = `${formatMethod(map.method, map.variant)}, ${classId}`;
  return {
    record: {
      method: map.method,
      variant: map.variant,
      class: classId,
      faithfulness: removal.map(({ answer, sentence }) => ({ ...numbersOf(answer), sentence })),
      energy: { parts: energy.parts.map((p) => ({ ...p, enrichment: enrichment(p) })), corners: energy.corners.map((c) => ({ ...c, enrichment: enrichment(c) })), scaleBar: energy.scaleBar, summary, warnings },
    },
    sentences: [...removal.map((r) => r.answer), energy].flatMap((answer) => sentencesOf(answer, classes)).map((s) => `${name}: ${s}`),
  };
}

function numbersOf(answer: Faithfulness): object {
  const { map: _map, done: _done, total: passes, flat, milliseconds: _milliseconds, provider: _provider, ...numbers } = answer;
  if (flat) return { replacement: answer.replacement, flat };
  const contests = answer.replacement === 'road' ? { combined: roadContest(answer) } : { deletionArea: deletionContest(answer), insertionArea: insertionContest(answer) };
  return { ...numbers, passes, ...contests };
}
