/** Base64 of little-endian float32, as the scripts of test/fixtures write arrays. */
export function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}
