/**
 * The seam between the inference process (which knows about queues and messages) and what is computed there (which knows
 * about models and explanations). The composition root, src/inferenceProcess.ts, joins the two.
 */
import type { Analysis } from '../protocol/analysis';
import type { Inquiry, InquiryAnswer } from '../protocol/inquiry';
import type { DoctorReport, LayerChoices, ModelChoice, ModelDescription } from '../protocol/inference';

/**
 * Owns every session. All of its methods run on one worker thread, one at a time, and block it while a model runs
 * (onnxruntime-node's `session.run` is synchronous). All throw SmearLensError.
 */
export interface Engine {
  /** Runs one network input: float32, batch 1, in the network's own layout, as `images/tensor.ts` makes it. */
  analyse(input: Float32Array, model: ModelChoice, explain: boolean): Promise<Omit<Analysis, 'image'>>;
  /**
   * Answers an inquiry in steps, each of them short: what is yielded is the answer so far, what is returned the whole of it.
   * Other calls may come between two steps, and whoever loses interest ends it by `return`.
   */
  inquire(input: Float32Array, model: ModelChoice, inquiry: Inquiry): AsyncGenerator<InquiryAnswer, InquiryAnswer>;
  describe(model: ModelChoice): Promise<ModelDescription>;
  /** Reads the model; opens no session. */
  layers(model: ModelChoice): Promise<LayerChoices>;
  doctor(model: ModelChoice): Promise<DoctorReport>;
  /** Releases every session. */
  dispose(): Promise<void>;
}
