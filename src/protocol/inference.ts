/** Messages between the extension host and the inference process. Requests carry paths, not pixels. */
import type { ErrorInfo } from '../errors';
import type { Analysis, ModelInfo, ProviderChoice, ProviderName } from './analysis';
import type { Inquiry, InquiryAnswer } from './inquiry';

/** Which model to run, and where. */
export interface ModelChoice {
  /** Path of a `model.json`, of its folder, or of a bare `.onnx` file. */
  readonly path: string;
  readonly provider: ProviderChoice;
  /** Activation tensor to explain; `auto` picks it (docs/ARCHITECTURE.md). */
  readonly layer: string;
}

/** What can be asked of the inference process, by name. */
export interface InferenceCalls {
  /** Predicts one image file and explains it. */
  analyse: { request: { imagePath: string; model: ModelChoice; explain: boolean }; reply: Analysis };
  /** Asks more about one image file; the answers that come before the reply are `progress`. */
  inquire: { request: { imagePath: string; model: ModelChoice; inquiry: Inquiry }; reply: InquiryAnswer };
  /** Decodes a file that a browser cannot show (TIFF, ...) to PNG bytes of at most `maxSide` pixels a side. */
  render: { request: { imagePath: string; maxSide: number }; reply: RenderedImage };
  /** Loads a model and says what it is, without running an image. */
  describe: { request: { model: ModelChoice }; reply: ModelDescription };
  /** Which layers of a model can be explained; opens no session. The layer and the provider of the choice do not matter. */
  layers: { request: { model: ModelChoice }; reply: LayerChoices };
  /** Each provider tried for real, with the time of one forward pass. */
  doctor: { request: { model: ModelChoice }; reply: DoctorReport };
}
export type CallName = keyof InferenceCalls;

export interface RenderedImage {
  readonly png: Uint8Array;
  /** Size of the original, in pixels. */
  readonly width: number;
  readonly height: number;
}

export interface ModelDescription {
  readonly model: ModelInfo;
  readonly provider: ProviderName;
  /** Absent where the model predicts but cannot be explained. */
  readonly layer?: string | undefined;
}

/** An activation with more than one pixel, between the image and the logits. */
export interface LayerInfo {
  /** Name of the tensor, as `ModelChoice.layer` takes it. */
  readonly name: string;
  /** ONNX operator that yields it, such as `Relu`. */
  readonly op: string;
  readonly channels: number;
  /** In the layer's own pixels. */
  readonly height: number;
  readonly width: number;
  /** False where an operator without a gradient rule stands between it and the logits: gradient methods fail there. */
  readonly differentiable: boolean;
}

export interface LayerChoices {
  /** What the layer `auto` means for this model: the one that its manifest names, else the automatic one; null where there is none. */
  readonly automatic: string | null;
  /** From image to logits. */
  readonly layers: readonly LayerInfo[];
}

export interface DoctorReport {
  readonly versions: Record<string, string>;
  readonly providers: readonly {
    readonly name: ProviderName;
    readonly works: boolean;
    /** Median wall time of one forward pass in milliseconds; absent where it does not work. */
    readonly milliseconds?: number | undefined;
    readonly error?: string | undefined;
  }[];
}

/** Interactive requests overtake background ones at each batch boundary. */
export type Priority = 'interactive' | 'background';

/** Host to process. */
export type ToInference =
  | { [N in CallName]: { kind: 'call'; id: number; name: N; priority: Priority; request: InferenceCalls[N]['request'] } }[CallName]
  | { kind: 'cancel'; id: number }
  /** The call is `interactive` from now on, if it still waits for anything. */
  | { kind: 'raise'; id: number };

/** Process to host. */
export type FromInference =
  | { kind: 'ready' }
  | { kind: 'heartbeat' }
  /** Work on the call has begun: if the process dies from here on, the call may be the cause. */
  | { kind: 'started'; id: number }
  /** The answer so far; more will come. */
  | { kind: 'progress'; id: number; answer: InquiryAnswer }
  | { kind: 'reply'; id: number; reply: InferenceCalls[CallName]['reply'] }
  | { kind: 'error'; id: number; error: ErrorInfo }
  /** The call was cancelled before it was done. */
  | { kind: 'cancelled'; id: number }
  | { kind: 'log'; level: 'info' | 'warn' | 'error'; text: string };
