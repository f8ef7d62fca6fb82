/** What package.json contributes, by the names used there. A unit test holds the two together. Without 'vscode'. */

/**
 * A custom editor has one priority for all of its patterns, so there are two: VS Code shows JPEG, PNG, BMP and WebP itself
 * and keeps them unless asked ('option'); TIFF it cannot show, so there ours opens ('default').
 */
export const VIEW_TYPES = {
  'smearlens.smear': { priority: 'option', extensions: ['jpg', 'jpeg', 'png', 'bmp', 'webp'] },
  'smearlens.smearTiff': { priority: 'default', extensions: ['tif', 'tiff'] },
} as const;
export type ViewType = keyof typeof VIEW_TYPES;

/** Of the panel of a review session. */
export const REVIEW_VIEW_TYPE = 'smearlens.review';

/** Of the panel of an evaluation's report. */
export const REPORT_VIEW_TYPE = 'smearlens.report';

export const SETTINGS = ['smearlens.model', 'smearlens.provider', 'smearlens.reviewer', 'smearlens.goOnAfterLabel', 'smearlens.decorations'] as const;
export type Setting = (typeof SETTINGS)[number];

/** What language models may use in VS Code's chat. All of them read only. */
export const TOOLS = ['smearlens_classify', 'smearlens_summarise_evaluation', 'smearlens_list_disagreements'] as const;
export type ToolName = (typeof TOOLS)[number];

/** Set while a picture has the keyboard's focus; the single keys of package.json count only then. */
export const CANVAS_FOCUS = 'smearlens.canvasFocus';

/** Set while the review queue's grid has the keyboard's focus. */
export const GRID_FOCUS = 'smearlens.gridFocus';

/** Set while a smear is on show in the active editor; commands that act on 'this image' are offered only then. */
export const SMEAR_ACTIVE = 'smearlens.smearActive';

/** The editor for a file, by its extension in any case; undefined where it is no image of ours. */
export function viewTypeFor(path: string): ViewType | undefined {
  const extension = /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase();
  const entry = Object.entries(VIEW_TYPES).find(([, { extensions }]) => extensions.some((own) => own === extension));
  return entry?.[0] as ViewType | undefined;
}

/** Only a browser-readable file can be shown without the inference process. */
export function browserShows(path: string): boolean {
  return viewTypeFor(path) !== 'smearlens.smearTiff';
}
