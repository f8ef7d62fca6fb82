/** Predicts and explains: keeps models and sessions open, tries execution providers in turn. */
import { SmearLensError, toErrorInfo, type ErrorInfo } from '../errors';
import type { Engine } from '../inference/engine';
import { openWithFirstThatWorks, providerOrder } from '../inference/providers';
import { SessionCache } from '../inference/sessionCache';
import { resolveModel, type ResolvedModel } from '../models/resolve';
import type { Analysis, ClassInfo, DomainVerdict, ModelInfo, ProviderChoice, ProviderName } from '../protocol/analysis';
import type { DoctorReport, LayerChoices, ModelChoice, ModelDescription } from '../protocol/inference';
import { MAX_CONSTANT_CLASSES } from './explained';
import { layerChoices } from './layerChoices';
import { openModel, runModel, type OpenModel, type RunResult } from './openModel';
import { prepare, type Prepared } from './prepare';
import { probabilitiesOf } from './probabilities';
import { versions } from './versions';

/** Sessions kept open: a model and the one before it, on one provider each. */
const OPEN_SESSIONS = 3;
/** Of a model with many classes, so many rows are explained where none were named. */
const TOP_CLASSES = 5;
const DOCTOR_RUNS = 5;

/** What to explain. */
export interface ExplainOptions {
  /** Class indices; undefined: all of a model with few classes, the top ones of others. */
  readonly rows?: readonly number[] | undefined;
}

export class ExplainEngine implements Engine {
  private readonly sessions = new SessionCache<OpenModel>(OPEN_SESSIONS, (open) => open.session.release());
  private readonly prepared = new Map<string, Promise<Prepared>>();
  /** Models of which a layer cannot be explained, and why: they still predict. */
  private readonly unexplained = new Map<string, ErrorInfo>();
  private readonly chosen = new Map<string, ProviderName>();

  constructor(private readonly options: { log(level: 'info' | 'warn' | 'error', text: string): void }) {}

  async analyse(input: Float32Array, choice: ModelChoice, explain: boolean, options: ExplainOptions = {}): Promise<Omit<Analysis, 'image'>> {
    const resolved = await resolveModel(choice.path);
    const { open, error } = await this.open(resolved, choice.provider, explain ? choice.layer : undefined);
    const result = await this.run(open, input, options.rows);
    const { classes } = open.prepared;
    const logits = Array.from(result.logits);
    const activation = resolved.activation ?? (open.prepared.logits.activation === 'sigmoid' ? 'sigmoid' : 'softmax');
    return {
      model: modelInfo(resolved, classes),
      logits,
      probabilities: probabilitiesOf(logits, activation, resolved.temperature),
      predicted: logits.indexOf(Math.max(...logits)),
      domain: domainOf(resolved, result),
      explanation: error ? { error } : result.explanation,
      provider: open.provider,
      milliseconds: result.milliseconds,
    };
  }

  async describe(choice: ModelChoice): Promise<ModelDescription> {
    const resolved = await resolveModel(choice.path);
    const p = await this.prepare(resolved);
    const { open } = await this.open(resolved, choice.provider, choice.layer);
    return { model: modelInfo(resolved, p.classes), provider: open.provider, layer: open.explained?.layer };
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
      return { open: await this.openOn(p, choice, layer, purpose) };
    } catch (error) {
      if (layer === undefined || !(error instanceof SmearLensError) || !['op-not-differentiable', 'no-explanation-layer', 'layer-unknown'].includes(error.code)) throw error;
      this.options.log('warn', `${error.message} ${error.hint}`);
      this.unexplained.set(key, toErrorInfo(error));
      return this.open(resolved, choice, layer);
    }
  }

  private async openOn(p: Prepared, choice: ProviderChoice, layer: string | undefined, purpose: string): Promise<OpenModel> {
    const model = p.resolved.stamp;
    // What worked once is not searched for again.
    const found = this.chosen.get(`${model} ${choice}`);
    const { provider, value, failures } = await openWithFirstThatWorks(found ?? choice, (name) => this.sessions.get({ model, provider: name, purpose }, () => openModel(p, name, layer)));
    failures.forEach((f) => this.options.log('info', `${f.provider}: ${f.error.message}`));
    if (!found) this.options.log('info', `${p.resolved.name} runs on ${provider}.`);
    this.chosen.set(`${model} ${choice}`, provider);
    return value;
  }

  private async run(open: OpenModel, input: Float32Array, rows: readonly number[] | undefined): Promise<RunResult> {
    if (!open.explained) return runModel(open, input);
    const { classes, classRows } = open.explained;
    if (classRows === null) return select(await runModel(open, input), rows);
    if (rows === undefined) {
      const { logits } = await runModel(open, input, [0]);
      const top = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b).slice(0, Math.min(TOP_CLASSES, classes));
      return runModel(open, input, top);
    }
    // Rows in portions: the gradients of all rows of a run are in memory at once.
    let result: RunResult | undefined;
    for (let i = 0; i < rows.length; i += MAX_CONSTANT_CLASSES) result = join(result, await runModel(open, input, rows.slice(i, i + MAX_CONSTANT_CLASSES)));
    return result ?? runModel(open, input, [0]);
  }
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

function modelInfo(resolved: ResolvedModel, classes: number): ModelInfo {
  const numbered = (): ClassInfo[] => Array.from({ length: classes }, (_, i) => ({ id: String(i), name: String(i) }));
  return { id: resolved.id, name: resolved.name, sha256: resolved.sha256, classes: resolved.classes ?? numbered() };
}

function domainOf(resolved: ResolvedModel, result: RunResult): DomainVerdict | undefined {
  return resolved.domain && result.features && resolved.domain.judge(result.features);
}
