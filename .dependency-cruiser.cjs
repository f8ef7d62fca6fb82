/** The house rule: dependencies point one way, and the core never imports vscode. */
const core = '^src/(onnx|images|models|inference|explain|annotations|heads|evaluation|modelImport|curation|assistant|protocol|errors|cli)';
const mayNot = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { path: from }, to: { path: to } });

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    mayNot('vscode-stays-outside', '^src/(?!editor|views|commands|extension\\.ts)', '^vscode$', 'Only editor, views, commands and extension.ts know VS Code.'),
    mayNot('core-knows-no-features', core, '^src/(editor|views|commands|extension\\.ts)', 'The core runs without an editor.'),
    mayNot('errors-stand-alone', '^src/errors\\.ts', '^src/', 'Everything may use errors.'),
    mayNot('protocol-is-types', '^src/protocol/', '^src/(?!protocol|errors\\.ts)', 'Both sides import the protocol; it imports neither.'),
    mayNot('onnx-is-a-base', '^src/onnx/', '^src/(?!onnx|errors\\.ts)', 'onnx knows files and graphs only.'),
    mayNot('images-are-a-base', '^src/images/', '^src/(?!images|errors\\.ts)', 'images knows pixels only.'),
    mayNot('models-above-bases', '^src/models/', '^src/(?!models|onnx|images|protocol|errors\\.ts)', 'models sees onnx and images.'),
    mayNot('inference-below-explain', '^src/inference/', '^src/(?!inference|models|onnx|images|protocol|errors\\.ts)', 'inference sees models, onnx and images.'),
    mayNot('explain-below-features', '^src/explain/', '^src/(?!explain|inference|models|onnx|images|protocol|errors\\.ts)', 'explain sees the core below it.'),
    mayNot('evaluation-below-features', '^src/evaluation/', '^src/(?!evaluation|annotations|explain|inference|models|onnx|images|protocol|errors\\.ts)', 'evaluation sees the core below it.'),
    mayNot('heads-beside-curation', '^src/heads/', '^src/(?!heads|evaluation|explain|inference|models|onnx|images|protocol|errors\\.ts)', 'heads sees the core below it.'),
    mayNot('import-beside-curation', '^src/modelImport/', '^src/(?!modelImport|evaluation|explain|inference|models|onnx|images|protocol|errors\\.ts)', 'modelImport sees the core below it.'),
    mayNot('annotations-stand-low', '^src/annotations/', '^src/(?!annotations|protocol|errors\\.ts)', 'The log knows nothing of models and pixels.'),
    mayNot('curation-below-features', '^src/curation/', '^src/(?!curation|heads|evaluation|annotations|explain|inference|models|onnx|images|protocol|errors\\.ts)', 'curation sees the core below it.'),
    mayNot('assistant-tells', '^src/assistant/', '^src/(?!assistant|curation|evaluation|annotations|images|protocol|errors\\.ts)', 'assistant puts into words what others found.'),
    mayNot('metrics-are-pure', '^src/evaluation/metrics/', '^(?!src/(evaluation/(metrics/|types\\.ts)|protocol/|errors\\.ts))', 'The report computes them anew in the browser.'),
    mayNot('features-ask-the-process', '^src/(editor|views|commands)/', '^(onnxruntime-node|sharp|node_modules/(onnxruntime-node|sharp))', 'The extension host never runs a model or decodes a pixel.'),
    mayNot('webview-draws', '^webview/', '^src/(?!protocol|explain/(overlay|colourMaps|contour|sheet)\\.ts|evaluation/(metrics/|report/types\\.ts|types\\.ts)|errors\\.ts)', 'The webview draws; it sees the protocol, the drawing functions, the metrics and the types of their data.'),
    mayNot('toolkit-in-one-file', '^webview/(?!toolkit\\.ts)', 'webview-ui-toolkit', 'The deprecated toolkit stays behind webview/toolkit.ts.'),
    { name: 'no-unlisted', severity: 'error', from: { path: '^(src|webview)' }, to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], pathNot: '^vscode$' } },
  ],
  options: { tsConfig: { fileName: 'tsconfig.json' }, tsPreCompilationDeps: true, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] }, doNotFollow: { path: 'node_modules' } },
};
