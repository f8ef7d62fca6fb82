import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { AnnotationLog } from '../../../../src/annotations/log';
import { hashFile } from '../../../../src/models/resolve';
import { smearSvg } from '../../harness/images';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'labelled';
const AUGMENTED = path.join(WORKSPACE, `${FOLDER} augmented`);
const EXPORTED = path.join(WORKSPACE, 'exported.jsonl');
const SMEARLENS = path.join(WORKSPACE, '.smearlens');
const CLASSES = ['Benign', 'Early', 'Pre', 'Pro'].map((id) => ({ id, name: id }));
const IMAGES = ['Benign/1.png', 'Benign/2.png', 'Benign/3.png', 'Benign/4.png', 'Benign/5.png', 'Benign/6.png', 'Pre/1.png', 'Pre/2.png', 'Pre/3.png', 'Pre/4.png'];

describe('the commands about a data set', () => {
  let session: Session;
  before(async () => {
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
    fs.mkdirSync(SMEARLENS);
    fs.writeFileSync(path.join(SMEARLENS, 'project.json'), JSON.stringify({ schemaVersion: 1, classes: CLASSES }));
    for (const [i, name] of IMAGES.entries()) {
      const file = path.join(WORKSPACE, FOLDER, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      await sharp(smearSvg(800 + i)).resize(96).png().toFile(file);
    }
    // Two readers, who differ on one of the images.
    const log = await AnnotationLog.open(WORKSPACE);
    for (const [reviewer, device, other] of [['Anna', '00000001', ''], ['Bert', '00000002', 'Pre/2.png']]) {
      const drafts = await Promise.all(IMAGES.map(async (name) => ({ type: 'label' as const, value: name === other ? 'Pro' : path.dirname(name), image: { path: `${FOLDER}/${name}`, sha256: await hashFile(path.join(WORKSPACE, FOLDER, name)) } })));
      await log.append({ reviewer, device }, drafts);
    }
    session = await Session.shared({ 'smearlens.reviewer': 'Anna' });
  });
  after(async () => {
    await session.leave();
    for (const file of [path.join(WORKSPACE, FOLDER), SMEARLENS, AUGMENTED, EXPORTED, path.join(WORKSPACE, 'exported.about.json')]) fs.rmSync(file, { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  const labels = (): string[] => fs.readdirSync(path.join(SMEARLENS, 'annotations')).filter((name) => name.endsWith('.jsonl')).flatMap((name) => fs.readFileSync(path.join(SMEARLENS, 'annotations', name), 'utf8').split('\n').slice(0, -1));

  it('show how far two readers agree, and on what they differ', async () => {
    const { workbench } = session;
    await workbench.fromExplorer(FOLDER, 'Reader Agreement', 'SmearLens');
    const line = (text: string): Promise<void> => workbench.page.locator('.view-line', { hasText: text }).first().waitFor();
    await line('Anna, Bert | 10 | 90.0 %');
    await line('Agreement is not correctness');
    await session.screenshot('dataset-agreement');
    await workbench.page.keyboard.press('Control+End');
    await line('labelled/Pre/2.png: Anna says Pre, Bert says Pro');
    await line('Research use only');
    await workbench.runCommand('View: Close All Editors');
  });

  it('write the labels into a file, and read them again without writing one twice', async () => {
    const { workbench } = session;
    await workbench.fromExplorer(FOLDER, 'Export Labels…', 'SmearLens');
    await workbench.pick('In which format?', 'JSON Lines');
    await workbench.givePath(EXPORTED, '.jsonl');
    await workbench.toast(`${IMAGES.length} images exported to exported.jsonl.`).waitFor();
    const rows = fs.readFileSync(EXPORTED, 'utf8').trim().split('\n').filter((line) => line.includes('Benign/') || line.includes('Pre/'));
    assert.strictEqual(rows.length, IMAGES.length);
    const before = labels();
    await workbench.fromExplorer(FOLDER, 'Import Labels…', 'SmearLens');
    await workbench.givePath(EXPORTED, '/');
    await workbench.toast(`${IMAGES.length} images matched: 0 events written`).waitFor();
    assert.deepStrictEqual(labels(), before);
    // A label that is not there any more comes back.
    const [file = ''] = fs.readdirSync(path.join(SMEARLENS, 'annotations')).filter((name) => name.startsWith('Bert'));
    fs.rmSync(path.join(SMEARLENS, 'annotations', file));
    await workbench.runCommand('Notifications: Clear All Notifications');
    await workbench.fromExplorer(FOLDER, 'Import Labels…', 'SmearLens');
    await workbench.givePath(EXPORTED, '/');
    await workbench.toast(`${IMAGES.length} images matched: ${IMAGES.length} events written`).waitFor();
    assert.strictEqual(labels().length, before.length);
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('show what augmented copies look like, and write a balanced set', async () => {
    const { workbench } = session;
    await workbench.fromExplorer(FOLDER, 'Augment and Balance', 'SmearLens');
    await workbench.pick('Where do the true classes', 'Folders');
    await workbench.pick('How are copies made?', 'Balanced');
    await workbench.activeTab('Augmentation preview').waitFor();
    await workbench.editor().locator('svg, img').first().waitFor();
    await session.screenshot('dataset-augment-preview');
    await workbench.toast('Write the set?').getByRole('button', { name: 'Write the Set' }).click();
    const input = workbench.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    assert.strictEqual(await input.inputValue(), AUGMENTED);
    await workbench.page.keyboard.press('Enter');
    await workbench.toast(`images in ${AUGMENTED}`).waitFor();
    const count = (split: string, name: string): number => fs.readdirSync(path.join(AUGMENTED, split, name)).length;
    assert.strictEqual(count('train', 'Pre'), count('train', 'Benign'));
    // One that was not augmented has its like on no other side.
    const rows = fs.readFileSync(path.join(AUGMENTED, 'augmented.csv'), 'utf8').trim().split('\n');
    assert.ok(rows.length > IMAGES.length, rows[0]);
    await workbench.toast(`images in ${AUGMENTED}`).getByRole('button', { name: 'Open augmented.csv' }).click();
    await workbench.activeTab('augmented.csv').waitFor();
  });
});
