import { expect, test } from 'vitest';
import { childEnvironment } from '../../../src/inference/child';

test('plain Node needs nothing', () => {
  expect(childEnvironment({ A: '1' }, 'linux', false)).toEqual({ A: '1' });
});

test('Electron is told to be Node, and on Linux sharp to be WebAssembly', () => {
  expect(childEnvironment({ A: '1' }, 'linux', true)).toEqual({ A: '1', ELECTRON_RUN_AS_NODE: '1', SMEARLENS_SHARP: 'wasm' });
  expect(childEnvironment({}, 'win32', true)).toEqual({ ELECTRON_RUN_AS_NODE: '1' });
});

test('what the user set for sharp stays', () => {
  expect(childEnvironment({ SMEARLENS_SHARP: 'native' }, 'linux', true).SMEARLENS_SHARP).toBe('native');
});
