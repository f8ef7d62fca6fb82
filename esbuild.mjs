/**
 * Builds dist/: the extension, the inference process, the command line, and the webview's bundle.
 *
 * node esbuild.mjs [--production] [--watch] [--outdir FOLDER] [--metafile FILE]
 *   --metafile  writes what went into the bundles, as esbuild tells it
 */
import * as fs from 'node:fs';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';

const { watch, production, outdir, metafile } = parseArgs({
  options: { watch: { type: 'boolean' }, production: { type: 'boolean' }, outdir: { type: 'string', default: 'dist' }, metafile: { type: 'string' } },
}).values;

const shared = { bundle: true, metafile: Boolean(metafile), sourcemap: !production, minify: production, logLevel: 'info', legalComments: 'linked' };
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Native packages stay packages: their binaries are found beside them.
  external: ['vscode', 'onnxruntime-node', 'sharp'],
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts', inference: 'src/inferenceProcess.ts' }, outdir },
  { ...node, entryPoints: { cli: 'src/cli.ts' }, outdir, banner: { js: '#!/usr/bin/env node' } },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    entryPoints: {
      editor: 'webview/editor.ts',
      style: 'webview/editor.css',
      sheet: 'webview/sheet.ts',
      'sheet-style': 'webview/sheet.css',
      report: 'webview/report.ts',
      training: 'webview/training.ts',
      grid: 'webview/grid.ts',
      'grid-style': 'webview/grid.css',
    },
    outdir: `${outdir}/webview`,
  },
];

const told = { inputs: {}, outputs: {} };
for (const options of bundles) {
  if (watch) await (await context(options)).watch();
  else {
    const result = await build(options);
    Object.assign(told.inputs, result.metafile?.inputs);
    Object.assign(told.outputs, result.metafile?.outputs);
  }
}
if (metafile) fs.writeFileSync(metafile, JSON.stringify(told));
