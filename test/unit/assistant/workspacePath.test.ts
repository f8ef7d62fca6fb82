import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workspacePath, type OpenFolder } from '../../../src/assistant/workspacePath';

let root: string;
let smears: OpenFolder;
let other: OpenFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smearlens-assistant-'));
  for (const file of ['smears/Pre/a.png', 'smears/both.png', 'other/both.png', 'other/b.png', 'smears-2/c.png', 'outside.png']) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  smears = { name: 'smears', path: join(root, 'smears') };
  other = { name: 'other', path: join(root, 'other') };
});
afterEach(() => rmSync(root, { recursive: true }));

describe('workspacePath', () => {
  it('takes absolute paths and those relative to the workspace folder', async () => {
    expect(await workspacePath('Pre/a.png', [smears])).toBe(join(root, 'smears/Pre/a.png'));
    expect(await workspacePath(join(root, 'smears/Pre/a.png'), [smears])).toBe(join(root, 'smears/Pre/a.png'));
    expect(await workspacePath('.', [smears])).toBe(smears.path);
    expect(await workspacePath('Pre/../Pre', [smears])).toBe(join(root, 'smears/Pre'));
  });

  it.each(['../outside.png', '../smears-2/c.png', 'Pre/../../outside.png', '/etc/passwd', '..'])('refuses %s', async (given) => {
    await expect(workspacePath(given, [smears])).rejects.toMatchObject({ code: 'input-invalid', message: `${given}: is outside the workspace.` });
  });

  it('refuses everything where no folder is open', async () => {
    await expect(workspacePath(join(root, 'outside.png'), [])).rejects.toMatchObject({ code: 'input-invalid', hint: expect.stringContaining('open a folder') as string });
  });

  it('takes a link in the workspace for part of it', async () => {
    symlinkSync(join(root, 'other'), join(root, 'smears/linked'));
    expect(await workspacePath('linked/b.png', [smears])).toBe(join(root, 'smears/linked/b.png'));
  });

  it('looks in all folders, and asks which one where several hold the path', async () => {
    expect(await workspacePath('b.png', [smears, other])).toBe(join(root, 'other/b.png'));
    expect(await workspacePath('smears/both.png', [smears, other])).toBe(join(root, 'smears/both.png'));
    await expect(workspacePath('both.png', [smears, other])).rejects.toMatchObject({ message: 'both.png: is in several workspace folders.', hint: `Give one of these paths: ${join(root, 'smears/both.png')}, ${join(root, 'other/both.png')}` });
  });

  it('says that nothing is there', async () => {
    await expect(workspacePath('Pre/b.png', [smears])).rejects.toMatchObject({ code: 'image-not-found', message: 'Pre/b.png: there is no such file or folder in the workspace.' });
  });
});
