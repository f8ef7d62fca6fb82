/** The platforms that a VSIX can be made for, and what each of them must bring. */

/** Packages of JavaScript alone, the same on every platform. */
const SHARED = ['onnxruntime-node', 'onnxruntime-common', 'sharp', '@img/colour', 'detect-libc', 'semver'];

/** sharp without native code: desktop VS Code on Linux cannot load the native build (src/images/sharp.ts). */
const WASM = ['@img/sharp-wasm32', '@emnapi/runtime'];
const WASM_FILES = ['@img/sharp-wasm32/lib/sharp-wasm32-*.node.wasm', '@img/sharp-wasm32/lib/sharp-wasm32-*.node.js', '@emnapi/runtime/index.js', '@emnapi/runtime/dist/emnapi.cjs.js', '@emnapi/runtime/dist/emnapi.cjs.min.js'];

/** By operating system: ONNX Runtime's libraries, and the packages and libraries of libvips. */
const SYSTEMS = {
  linux: (arch) => ({
    runtime: ['libonnxruntime.so.1'],
    packages: [`@img/sharp-libvips-linux-${arch}`, ...WASM],
    files: [`@img/sharp-libvips-linux-${arch}/lib/libvips-cpp.so.*`, ...WASM_FILES],
  }),
  darwin: (arch) => ({
    runtime: ['libonnxruntime.1.dylib'],
    packages: [`@img/sharp-libvips-darwin-${arch}`],
    files: [`@img/sharp-libvips-darwin-${arch}/lib/libvips-cpp.*.dylib`],
  }),
  // There, sharp's own package holds libvips.
  win32: (arch) => ({
    runtime: ['onnxruntime.dll', 'DirectML.dll'],
    packages: [],
    files: [`@img/sharp-win32-${arch}/lib/libvips-42.dll`, `@img/sharp-win32-${arch}/lib/libvips-cpp-*.dll`],
  }),
};

/** As VS Code names them. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

/** Folder of the native packages in the VSIX: where dist/inference.js looks for them first. */
export const MODULES = 'dist/node_modules';

/** What every VSIX holds, besides native packages. */
const COMMON = [
  ...['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'media/icon.png'],
  ...['dist/extension.js', 'dist/inference.js', 'dist/cli.js', 'dist/webview/editor.js', 'dist/webview/style.css', 'dist/webview/report.js', 'dist/webview/report.css'],
  ...['models/all-mobilenetv2/model.onnx', 'models/imagenet-mobilenetv2/model.onnx', 'models/*/model.json', 'models/*/MODEL_CARD.md', 'models/model.schema.json'],
];

/**
 * @param {string} target one of {@link TARGETS}
 * @returns {{packages: string[], needed: string[], isForeign: (file: string) => boolean}} packages: the native packages by
 *   name; needed: patterns that each at least one file of the extension must match; isForeign: whether a file of the
 *   extension belongs to another platform
 */
export function platformOf(target) {
  const [os, arch] = target.split('-');
  const { runtime, packages, files } = SYSTEMS[os](arch);
  const binding = `@img/sharp-${target}`;
  const all = [...SHARED, binding, ...packages];
  const runtimeFolder = `onnxruntime-node/bin/napi-v6/${os}/${arch}/`;
  const modules = [
    ...all.map((name) => `${name}/package.json`),
    ...['onnxruntime-node/dist/index.js', 'onnxruntime-common/dist/cjs/index.js', 'onnxruntime-common/dist/cjs/package.json', 'sharp/dist/index.mjs', 'sharp/dist/index.cjs'],
    ...['onnxruntime_binding.node', ...runtime].map((file) => runtimeFolder + file),
    ...[`${binding}/index.cjs`, `${binding}/lib/sharp-*.node`, ...files],
  ];
  const isForeign = (file) => {
    if (!file.startsWith(`${MODULES}/`)) return false;
    const inside = file.slice(MODULES.length + 1);
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(inside)?.[0] ?? '';
    return !all.includes(name) || (inside.startsWith('onnxruntime-node/bin/') && !inside.startsWith(runtimeFolder));
  };
  return { packages: all, needed: [...COMMON, ...modules.map((file) => `${MODULES}/${file}`)], isForeign };
}
