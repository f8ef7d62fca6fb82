/**
 * Every command, by the id and title that package.json contributes (a unit test holds the two together; a command without
 * a handler does not compile). Without 'vscode'.
 */
export const COMMANDS = {
  'smearlens.open': 'Open in SmearLens',
  'smearlens.review': 'Review Folder',
  'smearlens.next': 'Next Image',
  'smearlens.previous': 'Previous Image',
  'smearlens.chooseModel': 'Choose Model…',
  'smearlens.chooseProvider': 'Choose Execution Provider…',
  'smearlens.chooseLayer': 'Choose Explained Layer…',
  'smearlens.exportOverlay': 'Export Overlay as PNG…',
  'smearlens.contactSheet': 'Show Contact Sheet',
  'smearlens.evaluate': 'Evaluate Folder',
  'smearlens.openReport': 'Open Evaluation Report',
  'smearlens.checkModel': 'Check Model on Folder',
  'smearlens.copyResult': 'Copy Result',
  'smearlens.useForWorkspace': 'Use for Images in This Workspace',
  'smearlens.doctor': 'Doctor',
  'smearlens.showLog': 'Show Log',
  'smearlens.label': 'Label Image…',
  'smearlens.agree': 'Agree with Model and Go On',
  'smearlens.unsure': 'Label Image as Unsure',
  'smearlens.note': 'Write Note on Image',
  'smearlens.exclude': 'Exclude Image or Take Back In',
  'smearlens.undoLabel': 'Undo Label',
  'smearlens.redoLabel': 'Redo Label',
  'smearlens.toggleBlind': 'Begin or End Blind Review',
  'smearlens.adjudicate': 'Adjudicate Disputes',
  'smearlens.zoomIn': 'Zoom In',
  'smearlens.zoomOut': 'Zoom Out',
  'smearlens.fit': 'Fit Image to Window',
  'smearlens.actualSize': 'Zoom to 1:1',
  'smearlens.panLeft': 'Move View Left',
  'smearlens.panRight': 'Move View Right',
  'smearlens.panUp': 'Move View Up',
  'smearlens.panDown': 'Move View Down',
  'smearlens.toggleOverlay': 'Toggle Overlay',
  'smearlens.nextMethod': 'Next Overlay Method',
  'smearlens.togglePanel': 'Toggle Analysis Panel',
} as const satisfies Record<string, string>;

export type CommandId = keyof typeof COMMANDS;
