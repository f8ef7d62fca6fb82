import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLabels } from '../../../src/evaluation/labelsCsv';

const folder = mkdtempSync(join(tmpdir(), 'smearlens-labels-'));
afterAll(() => rmSync(folder, { recursive: true }));

function csv(text: string): Promise<Map<string, unknown>> {
  const file = join(folder, 'labels.csv');
  writeFileSync(file, text);
  return readLabels(file);
}

describe('readLabels', () => {
  it('reads paths as they are known elsewhere, with or without further columns', async () => {
    const rows = await csv('\ufeffPath,label,notes,GroupSource,group,split\r\n.\\Pre\\1.png,Pre-B,x,given,patient 1,test\r\n"a, b.png","Pro ""B""",,,,\r\ncafe\u0301.png,Early,,,slide 2,\r\n');
    expect(Object.fromEntries(rows)).toEqual({
      'Pre/1.png': { label: 'Pre-B', group: 'patient 1', groupSource: 'given', split: 'test' },
      'a, b.png': { label: 'Pro "B"' },
      'caf\u00e9.png': { label: 'Early', group: 'slide 2' },
    });
  });

  it.each([
    ['', /holds no rows/],
    ['path,label\n', /holds no rows/],
    ['path,truth\na.png,Pre\n', /has no column 'label'; its columns are path, truth/],
    ['path,label\na.png,Pre\n./a.png,Pro\n', /line 3 names \.\/a\.png a second time/],
    ['path,label\na.png\n', /line 2/],
    ['path,label\n,Pre\n', /line 2 has no path/],
    ['path,label,groupSource\na.png,Pre,guess\n', /line 2: groupSource is 'guess'/],
    ['path,label\n"a.png,Pre\n', /cannot be read/],
  ])('refuses %j', async (text, message) => {
    await expect(csv(text)).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringMatching(message) as string, hint: expect.stringMatching(/\w/) as string });
    await expect(csv(text)).rejects.toThrow(/labels\.csv/);
  });

  it('says where there is no file', async () => {
    await expect(readLabels(join(folder, 'absent.csv'))).rejects.toThrow(/absent\.csv: cannot be read/);
  });
});
