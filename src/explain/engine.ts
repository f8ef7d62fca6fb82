/** Predicts and explains: keeps models and sessions open, tries execution providers in turn. */
import { fromErrorInfo, SmearLensError, toErrorInfo, type ErrorInfo } from '../errors';
import type { Engine } from '../inference/engine';
import { openWithFirstThatWorks, providerOrder } from '../inference/providers';
import { SessionCache } from '../inference/sessionCache';
import { resolveModel, type ResolvedModel } from '../models/resolve';
import type { Analysis, CamMap, DomainVerdict, ProviderChoice, ProviderName } from '../protocol/analysis';
import type { DoctorReport, LayerChoices, ModelChoice, ModelDescription } from '../protocol/inference';
import type { Inquiry, InquiryAnswer } from '../protocol/inquiry';
import { MAX_CONSTANT_CLASSES } from './explained';
import { openBatched, type BatchedSession } from './batched';
import { answer } from './inquiries';
import { layerChoices } from './layerChoices';
import { openMasked, type MaskedSession } from './masked';
import type { MaskPlace } from './maskedGraph';
import { ModelMemory } from './memory';
import { openGradients, type GradientSession } from './moreMethods';
import { openModel, runModel, type OpenModel, type RunResult } from './openModel';
import { activationOf, layerOf, modelInfo, prepare, type Prepared } from './prepare';
import { probabilitiesOf } from './probabilities';
import { versions } from './versions';

/** Sessions kept open: a model and the one before it, on one provider each; what is asked of an image takes another. */
const OPEN_SESSIONS = 4;
/** Of a model with many classes, so many rows are explained where none were named. */
const TOP_CLASSES = 5;
const DOCTOR_RUNS = 5;

/** What to explain. */
export interface ExplainOptions {
  /** Class indices; undefined: all of a model with few classes, the top ones of others. */
  readonly rows?: readonly number[] | undefined;
}

export class ExplainEngine implements Engine {
  private readonly sessions = new SessionCache<OpenModel | MaskedSession | BatchedSession>(OPEN_SESSIONS, (open) => open.session.release());
  private readonly prepared = new Map<string, Promise<Prepared>>();
  /** Models of which a layer cannot be explained, and why: they still predict. */
  private readonly unexplained = new Map<string, ErrorInfo>();
  private readonly chosen = new Map<string, ProviderName>();
  private readonly memories = new Map<string, ModelMemory>();

  constructor(private readonly options: { log(level: 'info' | 'warn' | 'error', text: string): void }) {}

  async analyse(input: Float32Array, choice: ModelChoice, explain: boolean, options: ExplainOptions = {}): Promise<Omit<Analysis, 'image'>> {
    const resolved = await resolveModel(choice.path);
    const { open, error } = await this.open(resolved, choice.provider, explain ? choice.layer : undefined);
    const result = await this.run(open, input, options.rows);
    const logits = Array.from(result.logits);
    return {
      model: modelInfo(open.prepared),
      logits,
      probabilities: probabilitiesOf(logits, activationOf(open.prepared), resolved.temperature),
      predicted: logits.indexOf(Math.max(...logits)),
      domain: domainOf(resolved, result),
      explanation: error ? { error } : result.explanation,
      provider: open.provider,
      milliseconds: result.milliseconds,
    };
  }

  async *inquire(pixels: Float32Array, choice: ModelChoice, inquiry: Inquiry): AsyncGenerator<InquiryAnswer, InquiryAnswer> {
    const p = await this.prepare(await resolveModel(choice.path));
    const layer = layerOf(p, choice.layer);
    const { open } = await this.open(p.resolved, choice.provider, undefined);
    const { logits } = await runModel(open, pixels);
    const rows = ('rows' in inquiry ? inquiry.rows : undefined) ?? (p.classes <= MAX_CONSTANT_CLASSES ? Array.from(logits.keys()) : topRows(logits));
    const masked = (place: MaskPlace): Promise<MaskedSession> => this.openOn(p, choice.provider, `mask ${place} ${layer.tensor}`, (provider) => openMasked(p, layer, provider, place));
    const gradients = (): Promise<GradientSession> => this.openOn(p, choice.provider, `gradients ${layer.tensor}`, (provider) => openGradients(p, layer, provider));
    const batched = (): Promise<BatchedSession> => this.openOn(p, choice.provider, 'batched', (provider) => openBatched(p, provider));
    const gradCam = (): Promise<CamMap> => this.gradCam(pixels, { ...choice, layer: layer.tensor }, logits.indexOf(Math.max(...logits)));
    const memory = this.memories.get(p.resolved.stamp) ?? new ModelMemory();
    this.memories.set(p.resolved.stamp, memory);
    return yield* answer({ prepared: p, layer, pixels, rows, activation: activationOf(p), masked, gradients, batched, gradCam, memory }, inquiry);
  }

  /** @throws SmearLensError where the layer cannot be explained by gradients */
  private async gradCam(pixels: Float32Array, choice: ModelChoice, row: number): Promise<CamMap> {
    const { explanation } = await this.analyse(pixels, choice, true, { rows: [row] });
    if (!explanation || 'error' in explanation) throw explanation ? fromErrorInfo(explanation.error) : new SmearLensError('internal', 'No explanation was computed.', 'Please report this.');
    return explanation.maps[0];
  }

  async describe(choice: ModelChoice): Promise<ModelDescription> {
    const resolved = await resolveModel(choice.path);
    const p = await this.prepare(resolved);
    const { open } = await this.open(resolved, choice.provider, choice.layer);
    return { model: modelInfo(p), provider: open.provider, layer: open.explained?.layer };
  }

  async layers(choice: ModelChoice): Promise<LayerChoices> {
    return layerChoices(await this.prepare(await resolveModel(choice.path)));
  }

  async doctor(choice: ModelChoice): Promise<DoctorReport> {
    const p = await this.prepare(await resolveModel(choice.path));
    const names = new Set<ProviderName>([...providerOrder(), 'webgpu', 'cpu']);
    const providers: DoctorReport['providers'][number][] = [];
    for (const name of names) {
      try {
        providers.push({ name, works: true, milliseconds: await this.time(p, name) });
      } catch (error) {
        providers.push({ name, works: false, error: toErrorInfo(error).message });
      }
    }
    return { versions: versions(), providers };
  }

  /** Median time of a forward pass, in milliseconds. */
  private async time(p: Prepared, provider: ProviderName): Promise<number> {
    const open = await openModel(p, provider, undefined);
    try {
      const input = new Float32Array(3 * p.resolved.input.width * p.resolved.input.height);
      const times: number[] = [];
      // The first run warms up.
      for (let i = 0; i <= DOCTOR_RUNS; i++) times.push((await runModel(open, input)).milliseconds);
      return times.slice(1).sort((a, b) => a - b)[Math.floor(DOCTOR_RUNS / 2)];
    } finally {
      await open.session.release();
    }
  }

  async dispose(): Promise<void> {
    await this.sessions.dispose();
  }

  /** Reads and probes a model once. */
  prepare(resolved: ResolvedModel): Promise<Prepared> {
    const known = this.prepared.get(resolved.stamp);
    if (known) return known;
    const preparing = prepare(resolved);
    this.prepared.set(resolved.stamp, preparing);
    preparing.catch(() => this.prepared.delete(resolved.stamp));
    return preparing;
  }

  private async open(resolved: ResolvedModel, choice: ProviderChoice, layer: string | undefined): Promise<{ open: OpenModel; error?: ErrorInfo }> {
    const p = await this.prepare(resolved);
    const purpose = layer === undefined ? 'predict' : `explain ${layer}`;
    const key = `${resolved.stamp} ${purpose}`;
    const known = this.unexplained.get(key);
    if (known) return { ...(await this.open(resolved, choice, undefined)), error: known };
    try {
      return { open: await this.openOn(p, choice, purpose, (provider) => openModel(p, provider, layer)) };
    } catch (error) {
      if (layer === undefined || !(error instanceof SmearLensError) || !['op-not-differentiable', 'no-explanation-layer', 'layer-unknown'].includes(error.code)) throw error;
      this.options.log('warn', `${error.message} ${error.hint}`);
      this.unexplained.set(key, toErrorInfo(error));
      return this.open(resolved, choice, layer);
    }
  }

  /** @param purpose names what `open` opens, among all sessions on the model */
  private async openOn<T extends OpenModel | MaskedSession | BatchedSession>(p: Prepared, choice: ProviderChoice, purpose: string, open: (provider: ProviderName) => Promise<T>): Promise<T> {
    const model = p.resolved.stamp;
    // What worked once is not searched for again.
    const found = this.chosen.get(`${model} ${choice}`);
    const { provider, value, failures } = await openWithFirstThatWorks(found ?? choice, (name) => this.sessions.get({ model, provider: name, purpose }, () => open(name)));
    failures.forEach((f) => this.options.log('info', `${f.provider}: ${f.error.message}`));
    if (!found) this.options.log('info', `${p.resolved.name} runs on ${provider}.`);
    this.chosen.set(`${model} ${choice}`, provider);
    // What was opened for a purpose is of that purpose's kind.
    return value as T;
  }

  private async run(open: OpenModel, input: Float32Array, rows: readonly number[] | undefined): Promise<RunResult> {
    if (!open.explained) return runModel(open, input);
    const { classRows } = open.explained;
    if (classRows === null) return select(await runModel(open, input), rows);
    if (rows === undefined) {
      const { logits } = await runModel(open, input, [0]);
      return runModel(open, input, topRows(logits));
    }
    // Rows in portions: the gradients of all rows of a run are in memory at once.
    let result: RunResult | undefined;
    for (let i = 0; i < rows.length; i += MAX_CONSTANT_CLASSES) result = join(result, await runModel(open, input, rows.slice(i, i + MAX_CONSTANT_CLASSES)));
    return result ?? runModel(open, input, [0]);
  }
}

/** The indices of the largest logits, the largest first. */
function topRows(logits: Float32Array): number[] {
  return Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b).slice(0, TOP_CLASSES);
}

/** Only the maps of these classes. */
function select(result: RunResult, rows: readonly number[] | undefined): RunResult {
  const { explanation } = result;
  if (!explanation || rows === undefined) return result;
  return { ...result, explanation: { ...explanation, maps: explanation.maps.filter((m) => rows.includes(m.classIndex)) } };
}

function join(before: RunResult | undefined, next: RunResult): RunResult {
  const maps = [...(before?.explanation?.maps ?? []), ...(next.explanation?.maps ?? [])];
  return { ...next, explanation: next.explanation && { ...(next.explanation), maps }, milliseconds: next.milliseconds + (before?.milliseconds ?? 0) };
}

function domainOf(resolved: ResolvedModel, result: RunResult): DomainVerdict | undefined {
  return resolved.domain && result.features && resolved.domain.judge(result.features);
}
