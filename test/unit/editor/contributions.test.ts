import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json';
import { DISAGREEMENT_KINDS } from '../../../src/assistant/disagreements';
import { COMMANDS } from '../../../src/commands/table';
import type { ProviderChoice } from '../../../src/protocol/analysis';
import { browserShows, CANVAS_FOCUS, GRID_FOCUS, SETTINGS, TOOLS, VIEW_TYPES, viewTypeFor } from '../../../src/editor/contributions';

const { contributes } = manifest;

interface Schema {
  readonly properties: Readonly<Record<string, { readonly description: string; readonly enum?: readonly string[] } | undefined>>;
  readonly required?: readonly string[];
}

describe('package.json and the code', () => {
  it('have the same commands, under the same titles', () => {
    const contributed = contributes.commands.map(({ command, title, category }) => [command, title, category]);
    expect(contributed.sort()).toEqual(
      Object.entries(COMMANDS)
        .map(([id, title]) => [id, title, 'SmearLens'])
        .sort(),
    );
  });

  it('invoke only commands and submenus that exist from menus', () => {
    const items: readonly { readonly command?: string; readonly submenu?: string }[] = Object.values(contributes.menus).flat();
    expect(Object.keys(COMMANDS)).toEqual(expect.arrayContaining(items.flatMap(({ command }) => command ?? [])));
    expect(items.flatMap(({ submenu }) => submenu ?? [])).toEqual(contributes.submenus.map(({ id }) => id));
    for (const { command, submenu } of items) expect([command, submenu].filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('bind keys to commands that exist, each key once a place, and only while the picture or the grid has the focus', () => {
    const { keybindings } = contributes;
    expect(Object.keys(COMMANDS)).toEqual(expect.arrayContaining(keybindings.map(({ command }) => command)));
    expect(new Set(keybindings.map(({ key, when }) => `${when} ${key}`)).size).toBe(keybindings.length);
    for (const { when } of keybindings) expect(when).toMatch(new RegExp(`^(${CANVAS_FOCUS}|${GRID_FOCUS}) && !inputFocus && !listFocus$`));
  });

  /** The plus and minus of every keyboard, wherever its layout has them: those of VS Code's own zoom, less the Ctrl. */
  it("bind zooming to the keys of VS Code's own zooming", () => {
    const keysOf = (command: string): string[] => contributes.keybindings.filter((binding) => binding.command === command).map(({ key }) => key);
    expect(keysOf('smearlens.zoomIn')).toEqual(['=', 'shift+=', 'numpad_add']);
    expect(keysOf('smearlens.zoomOut')).toEqual(['-', 'shift+-', 'numpad_subtract']);
  });

  it('have the same custom editors, priorities and file patterns', () => {
    const contributed = contributes.customEditors.map(({ viewType, priority, selector }) => [viewType, { priority, patterns: selector.map((s) => s.filenamePattern) }]);
    const coded = Object.entries(VIEW_TYPES).map(([id, { priority, extensions }]) => [id, { priority, patterns: extensions.map((e) => `*.${e}`) }]);
    expect(Object.fromEntries(contributed)).toEqual(Object.fromEntries(coded));
  });

  it('have the same settings', () => {
    expect(Object.keys(contributes.configuration.properties).sort()).toEqual([...SETTINGS].sort());
  });

  it('have the same tools for language models, each described for both of its readers', () => {
    const tools = contributes.languageModelTools;
    expect(tools.map(({ name }) => name)).toEqual([...TOOLS]);
    expect(new Set(tools.map(({ toolReferenceName }) => toolReferenceName)).size).toBe(tools.length);
    for (const { canBeReferencedInPrompt, modelDescription, userDescription, inputSchema, tags } of tools) {
      expect(canBeReferencedInPrompt).toBe(true);
      expect(tags).toContain('read-only');
      expect(userDescription).toContain('Research use only');
      expect(modelDescription.length).toBeGreaterThan(200);
      const { properties, required = [] }: Schema = inputSchema;
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...required]));
      for (const property of Object.values(properties)) expect(property?.description).toMatch(/\.$/);
    }
  });

  it('name the same kinds of disagreements', () => {
    const schemas: readonly Schema[] = contributes.languageModelTools.map(({ inputSchema }) => inputSchema);
    expect(schemas.flatMap(({ properties }) => properties['kind']?.enum ?? [])).toEqual([...DISAGREEMENT_KINDS]);
  });

  it('have the same execution providers, under the same names', () => {
    const { enum: values, enumItemLabels: labels } = contributes.configuration.properties['smearlens.provider'];
    const names: Record<ProviderChoice, string> = { auto: 'Automatic', cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA', dml: 'DirectML', coreml: 'CoreML' };
    expect(Object.fromEntries(values.map((value, i) => [value, labels[i]]))).toEqual(names);
  });

  it('offer the editor for exactly the files that it opens', () => {
    const offered = contributes.menus['explorer/context'][0]?.when ?? '';
    const pattern = new RegExp(/resourceExtname =~ \/(.*)\/i/.exec(offered)?.[1] ?? '(?!)', 'i');
    for (const extension of ['jpg', 'JPEG', 'png', 'bmp', 'webp', 'tif', 'TIFF']) expect(`.${extension}`).toMatch(pattern);
    for (const extension of ['.gif', '.txt', '.jpgx', '']) expect(extension).not.toMatch(pattern);
  });

  it('leave a model of an untrusted workspace out', () => {
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain('smearlens.model');
  });
});

describe('viewTypeFor', () => {
  it.each([
    ['/smears/a.jpg', 'smearlens.smear'],
    ['/smears/A.B.JPG', 'smearlens.smear'],
    ['C:\\smears\\a.Bmp', 'smearlens.smear'],
    ['/smears/a.TIFF', 'smearlens.smearTiff'],
    ['/smears.jpg/notes', undefined],
    ['/smears/a.gif', undefined],
  ])('%s: %s', (path, viewType) => expect(viewTypeFor(path)).toBe(viewType));

  it('leaves TIFF, which no browser shows, to the inference process', () => {
    expect([browserShows('/a.tif'), browserShows('/a.bmp')]).toEqual([false, true]);
  });
});
