/**
 * The one place that loads sharp (libvips), on first use. In VS Code's desktop build on Linux the native library meets
 * Electron's own GLib in one process and can crash it, so the host asks for the WebAssembly build there with
 * SMEARLENS_SHARP=wasm. Both builds give the same bytes; WebAssembly takes about eight times as long.
 */
import { createRequire } from 'node:module';
import { SmearLensError } from '../errors';

export type SharpModule = (typeof import('sharp'))['default'];

let loading: Promise<SharpModule> | undefined;

/**
 * The configured sharp module.
 * @throws SmearLensError `internal` when neither build can be loaded, or the WebAssembly build was asked for and is absent
 */
export function loadSharp(): Promise<SharpModule> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SharpModule> {
  const wasm = process.env['SMEARLENS_SHARP'] === 'wasm';
  try {
    if (wasm) preferWasm();
    const { default: sharp } = await import('sharp');
    // The operation cache would keep whole smears alive, and files open on Windows, for images seen once.
    sharp.cache(false);
    // One thread an image: the machine is shared with the model's own threads, and several images are decoded at a time.
    sharp.concurrency(1);
    return sharp;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new SmearLensError(
      'internal',
      `The image decoder 'sharp' (${wasm ? 'WebAssembly' : 'native'} build) could not be loaded: ${reason}`,
      wasm
        ? 'Install @img/sharp-wasm32 beside sharp, or unset SMEARLENS_SHARP to use the native build.'
        : `Reinstall the extension for this platform (${process.platform}-${process.arch}), or set SMEARLENS_SHARP=wasm to use the WebAssembly build.`,
    );
  }
}

/**
 * sharp tries its native binding before the WebAssembly one and has no option to choose. It finds both with `require`,
 * whose cache Node documents as replaceable: the native binding's entry is pointed at the WebAssembly module, so nothing
 * native is ever loaded. Where no native binding is installed sharp falls through to WebAssembly by itself.
 */
function preferWasm(): void {
  const requireFromHere = createRequire(__filename);
  const requireFromSharp = createRequire(requireFromHere.resolve('sharp'));
  const wasmBinding = '@img/sharp-wasm32/sharp.node';
  requireFromSharp(wasmBinding);
  const wasmModule = requireFromSharp.cache[requireFromSharp.resolve(wasmBinding)];
  for (const libc of ['', 'musl']) {
    let nativeFile: string;
    try {
      nativeFile = requireFromSharp.resolve(`@img/sharp-${process.platform}${libc}-${process.arch}/sharp.node`);
    } catch {
      continue; // not installed
    }
    requireFromSharp.cache[nativeFile] = wasmModule;
  }
}
