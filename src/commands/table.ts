/**
 * Every command, by the id and title that package.json contributes (a unit test holds the two together; a command without
 * a handler does not compile). Without 'vscode'.
 */
export const COMMANDS = {
  'smearlens.open': 'Open in SmearLens',
  'smearlens.chooseModel': 'Choose Model…',
  'smearlens.chooseProvider': 'Choose Execution Provider…',
  'smearlens.doctor': 'Doctor',
  'smearlens.showLog': 'Show Log',
} as const satisfies Record<string, string>;

export type CommandId = keyof typeof COMMANDS;
