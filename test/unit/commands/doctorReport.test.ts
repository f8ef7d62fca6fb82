import { expect, it } from 'vitest';
import { doctorMarkdown } from '../../../src/commands/doctorReport';

it('shows each provider in a row, with the error of one that fails kept inside its cell', () => {
  const text = doctorMarkdown(
    { path: '/models/m/model.json', provider: 'auto', layer: 'auto' },
    {
      versions: { 'onnxruntime-node': '1.30.0' },
      providers: [
        { name: 'cpu', works: true, milliseconds: 4.09 },
        { name: 'cuda', works: false, error: 'no libcudart\n| line 2' },
      ],
    },
  );
  expect(text).toContain('| CPU | yes | 4.09 ms |  |');
  expect(text).toContain('| CUDA | no |  | no libcudart \\| line 2 |');
  expect(text).toContain('| onnxruntime-node | 1.30.0 |');
});
