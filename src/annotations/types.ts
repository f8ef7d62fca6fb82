/**
 * The annotation log: what reviewers said, as lines of JSON under `.smearlens/annotations` (docs/ARCHITECTURE.md, 'Contracts').
 * Each reviewer and device has a file of its own, which is only ever appended to. Pure types.
 */

/** The image that an event is about: its content is what it is known by, its path is where it lay. */
export interface ImageReference {
  /** Relative to the folder that holds `.smearlens`, with '/', in NFC. */
  readonly path: string;
  /** Of the file's bytes, lower-case hex. */
  readonly sha256: string;
}

/** What a model said of the image when the event was made. */
export interface ModelVerdict {
  readonly id: string;
  /** Of the ONNX file. */
  readonly sha256: string;
  /** Class id; null where it offered none (outside its domain). */
  readonly predicted: string | null;
  /** By class id. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export type LabelBasis = 'morphology' | 'flow cytometry' | 'imported';

/** A marked place: a W3C Web Annotation whose target is an SVG or fragment selector in pixels of the image. */
export interface Region {
  /** IRI or UUID: a later event with the same one replaces it. */
  readonly id: string;
  readonly type: 'Annotation';
  readonly body: readonly { readonly type: string; readonly purpose: string; readonly value: string }[];
  readonly target: { readonly selector: { readonly type: string; readonly value: string; readonly conformsTo?: string | undefined } };
}

/** What an event says; `undo` and `redo` name the event that they are about. */
export type EventContent =
  /** `value`: class id; null: the reviewer cannot tell ('unsure'). */
  | { readonly type: 'label'; readonly value: string | null }
  /** Replaces the reviewer's note on the image; an empty one takes it away. */
  | { readonly type: 'note'; readonly value: string }
  | { readonly type: 'region'; readonly value: Region | { readonly id: string; readonly deleted: true } }
  /** Patient or slide; an empty one takes it away. */
  | { readonly type: 'group'; readonly value: string }
  /** true: not to be used; false: to be used again. */
  | { readonly type: 'exclude'; readonly value: boolean }
  /** Decides where reviewers differ; `value`: class id. */
  | { readonly type: 'adjudication'; readonly value: string }
  | { readonly type: 'undo' | 'redo'; readonly value: string };

/** What an event says of how it came about. */
export interface EventContext {
  readonly image?: ImageReference | undefined;
  readonly labelBasis?: LabelBasis | undefined;
  /** What the model had said by then, seen or not; absent where none had read the image. */
  readonly model?: ModelVerdict | undefined;
  /** The reviewer saw the model's verdict before giving the label. */
  readonly sawModelFirst?: boolean | undefined;
  /** Verdicts of further models that the reviewer saw before giving the label. */
  readonly alsoSaw?: readonly ModelVerdict[] | undefined;
  /** Name, folder, verdict and maps were hidden until the label was given. */
  readonly blind?: true | undefined;
  /** One of several images that were labelled at once. */
  readonly bulk?: true | undefined;
  /** The image was shown again without saying so: the label tells how steady the reviewer is, and replaces nothing. */
  readonly repeat?: true | undefined;
}

/** An event before it is written; an `id` of its own makes that a second attempt writes nothing. */
export type EventDraft = EventContent & EventContext & { readonly id?: string | undefined };

/** A line of the log. */
export type AnnotationEvent = EventContent &
  EventContext & {
    readonly v: 1;
    readonly id: string;
    /** ISO 8601, UTC. */
    readonly time: string;
    readonly reviewer: string;
    /** sha256 of the UTF-8 bytes of the line before, without its newline; empty in the first line. */
    readonly previous: string;
  };

/** What is wrong with a file of the log; whole lines of it are read nevertheless. */
export interface LogProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** `torn`: the last line is not whole; `broken-chain`: a line before was changed, taken out or put in; `not-an-event`. */
  readonly kind: 'torn' | 'broken-chain' | 'not-an-event';
  readonly message: string;
}
