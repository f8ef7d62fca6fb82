/** What both kinds of VS Code are started with: a profile of their own below out/, so that the user's own is not touched. */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Something that the user can be told in one sentence, with what to do in another. */
export class StartError extends Error {
  /**
   * @param {string} message
   * @param {string} hint
   * @param {number} exitCode
   */
  constructor(message, hint, exitCode = 1) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

const SETTINGS = {
  // A click on an image opens SmearLens, which in the user's own VS Code is a choice.
  'workbench.editorAssociations': Object.fromEntries(['jpg', 'jpeg', 'png', 'bmp', 'webp'].map((type) => [`*.${type}`, 'smearlens.smear'])),
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
};

/**
 * Writes the settings into a user-data folder, where there are none yet.
 * @param {string} userData
 */
export function writeSettings(userData) {
  const file = path.join(userData, 'User/settings.json');
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(SETTINGS, null, 2)}\n`);
}
