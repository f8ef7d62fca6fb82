/** The network of test/fixtures/trust, its images, and what an engine says of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExplainEngine } from '../../src/explain/engine';
import { decodeFile } from '../../src/images/decode';
import { toTensor } from '../../src/images/tensor';
import { resolveModel } from '../../src/models/resolve';
import type { CamMap, Explanation } from '../../src/protocol/analysis';
import type { Inquiry, InquiryAnswer } from '../../src/protocol/inquiry';

export const folder = join(import.meta.dirname, '../fixtures/trust');

export interface Planted {
  readonly file: string;
  readonly class: number;
  /** x, y and radius, in pixels. */
  readonly planted: readonly [number, number, number];
}

export const planted = JSON.parse(readFileSync(join(folder, 'planted.json'), 'utf8')) as Planted[];

export class PlantedModel {
  readonly size = 64;
  readonly engine = new ExplainEngine({ log: () => undefined });
  private readonly choice = { path: folder, provider: 'cpu', layer: 'auto' } as const;

  async dispose(): Promise<void> {
    await this.engine.dispose();
  }

  async input(file: string): Promise<Float32Array> {
    const { input } = await resolveModel(folder);
    return toTensor(await decodeFile(join(folder, file)), input);
  }

  /** All maps of the gradient methods and of exact Score-CAM. */
  async maps(file: string): Promise<{ maps: readonly CamMap[]; height: number; width: number; predicted: number }> {
    const input = await this.input(file);
    const { explanation, predicted } = await this.engine.analyse(input, this.choice, true);
    const { maps, height, width } = explanation as Explanation;
    const scoreCam = await this.ask(file, { kind: 'score-cam', mode: 'exact' });
    return { maps: [...maps, ...scoreCam.answer.maps], height, width, predicted };
  }

  /** The whole answer, and how many came before it. */
  async ask<K extends Inquiry['kind']>(file: string, inquiry: Inquiry & { kind: K }): Promise<{ answer: Extract<InquiryAnswer, { kind: K }>; partial: InquiryAnswer[] }> {
    const steps = this.engine.inquire(await this.input(file), this.choice, inquiry);
    const partial: InquiryAnswer[] = [];
    for (;;) {
      const { done, value } = await steps.next();
      if (done) return { answer: value as Extract<InquiryAnswer, { kind: K }>, partial };
      partial.push(value);
    }
  }
}
