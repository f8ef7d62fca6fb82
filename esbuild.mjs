/** Builds dist/: the extension, the inference process, the command line, and the webview's bundle. */
import { build, context } from 'esbuild';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const shared = { bundle: true, sourcemap: !production, minify: production, logLevel: 'info', legalComments: 'linked' };
const node = {
  ...shared,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Native packages stay packages: their binaries are found beside them.
  external: ['vscode', 'onnxruntime-node', 'sharp'],
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension.ts', inference: 'src/inferenceProcess.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { cli: 'src/cli.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...shared,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    entryPoints: { editor: 'webview/editor.ts', style: 'webview/editor.css' },
    outdir: 'dist/webview',
  },
];

for (const options of bundles) {
  if (watch) await (await context(options)).watch();
  else await build(options);
}
