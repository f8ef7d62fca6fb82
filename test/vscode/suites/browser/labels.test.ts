import * as assert from 'node:assert';
import * as crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { smearSvg } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { ROOT } from '../../harness/server';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'to-label';
/** A session of its own for what begins anew. */
const SECOND = 'to-label-blind';
const COUNT = 50;
const NAMES = Array.from({ length: COUNT }, (_, i) => `field ${i + 1}.png`);
const BLIND = ['Pre/a.png', 'Pre/b.png', 'Pro/c.png'];
const SMEARLENS = path.join(WORKSPACE, '.smearlens');
const LOG = path.join(SMEARLENS, 'annotations');
const CLASSES = ['Benign', 'Early', 'Pre', 'Pro'];

interface Line {
  readonly id: string;
  readonly type: string;
  readonly value: unknown;
  readonly reviewer: string;
  readonly previous: string;
  readonly image: { readonly path: string; readonly sha256: string };
  readonly sawModelFirst?: boolean;
  readonly blind?: boolean;
}

describe('labelling', () => {
  let session: Session;
  const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-labels-'));
  before(async () => {
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
    for (const [i, name] of [...NAMES.map((n) => `${FOLDER}/${n}`), ...BLIND.map((n) => `${SECOND}/${n}`)].entries()) {
      const file = path.join(WORKSPACE, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      await sharp(smearSvg(300 + i)).resize(160).png().toFile(file);
    }
    session = await Session.shared({ 'smearlens.goOnAfterLabel': true });
  });
  after(async () => {
    await session.leave();
    for (const folder of [FOLDER, SECOND]) fs.rmSync(path.join(WORKSPACE, folder), { recursive: true });
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
    fs.rmSync(elsewhere, { recursive: true });
  });
  failureScreenshots(() => session);

  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const label = (text: string | RegExp): Promise<void> => session.workbench.editor().locator('#label-state', { hasText: text }).waitFor();
  /** The session shows the image of this number, and its file has been read. */
  const shows = async (number: number, count = COUNT): Promise<void> => {
    await session.workbench.editor().locator('#position').getByText(`${number} / ${count}`, { exact: true }).waitFor();
    await session.workbench.editor().locator('#label-state', { hasText: /\S/ }).waitFor();
  };
  const lines = (reviewer = 'Anna'): Line[] => {
    const name = fs.readdirSync(LOG).find((file) => file.startsWith(`${reviewer}.`) && file.endsWith('.jsonl'));
    return name ? fs.readFileSync(path.join(LOG, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line) : [];
  };
  const verifies = (): void => {
    for (const name of fs.readdirSync(LOG).filter((file) => file.endsWith('.jsonl'))) {
      let previous = '';
      for (const line of fs.readFileSync(path.join(LOG, name), 'utf8').split('\n').slice(0, -1)) {
        assert.strictEqual((JSON.parse(line) as Line).previous, previous);
        previous = crypto.createHash('sha256').update(line, 'utf8').digest('hex');
      }
    }
  };

  /** What is on show can be read in every theme. */
  async function inThemes(name: string): Promise<void> {
    for (const [theme, css] of [['Default Dark Modern', '.vscode-dark'], ['Default High Contrast', '.vscode-high-contrast'], ['Default Light Modern', '.vscode-light']] as const) {
      session.changeSettings({ 'smearlens.reviewer': 'Anna', 'workbench.colorTheme': theme });
      await session.workbench.editor().locator(`body${css}`).waitFor();
      assert.deepStrictEqual(await accessibilityViolations(session.workbench.editor()), []);
      await session.screenshot(`${name}-${theme.replaceAll(' ', '-')}`);
    }
  }

  it('asks for the reviewer\'s name once, and writes nothing before', async () => {
    const { workbench } = session;
    await workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows(1);
    await workbench.analysed();
    assert.deepStrictEqual(await accessibilityViolations(workbench.editor()), []);
    await workbench.editor().locator('#label-state', { hasText: 'Not labelled' }).waitFor();
    await workbench.keysWork();
    await press('3');
    const input = workbench.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    assert.strictEqual(fs.existsSync(LOG), false);
    await input.fill('Anna');
    await press('Enter');
    await shows(2);
    await workbench.page.keyboard.press('ArrowLeft');
    await label('Saved: Pre');
    const [first, ...others] = lines();
    assert.deepStrictEqual(others, []);
    assert.deepStrictEqual([first?.type, first?.value, first?.reviewer, first?.image.path], ['label', 'Pre', 'Anna', `${FOLDER}/${NAMES[0]}`]);
    assert.strictEqual(first?.image.sha256, crypto.createHash('sha256').update(fs.readFileSync(path.join(WORKSPACE, FOLDER, NAMES[0] ?? ''))).digest('hex'));
    assert.deepStrictEqual((JSON.parse(fs.readFileSync(path.join(SMEARLENS, 'project.json'), 'utf8')) as { classes: { id: string }[] }).classes.map(({ id }) => id), CLASSES);
    await press('ArrowRight');
    await shows(2);
  });

  it('labels fifty images with the keyboard alone', async () => {
    for (let number = 2; number <= COUNT; number++) {
      await shows(number);
      await press(number % 10 === 0 ? 'u' : String(1 + (number % 4)));
      if (number < COUNT) await shows(number + 1);
      else await label(/^Saved: field 50/);
    }
    const given = new Map(lines().map(({ image, value }) => [image.path, value]));
    assert.strictEqual(given.size, COUNT);
    NAMES.forEach((name, i) => {
      const number = i + 1;
      const expected = number === 1 ? 'Pre' : number % 10 === 0 ? null : CLASSES[number % 4];
      assert.strictEqual(given.get(`${FOLDER}/${name}`), expected, name);
    });
    verifies();
    await session.screenshot('labels');
  });

  it('loses nothing of them by an export and an import into another folder', () => {
    const cli = path.join(ROOT, 'dist', 'cli.js');
    const exported = path.join(elsewhere, 'labels.jsonl');
    const copy = path.join(elsewhere, 'copy');
    fs.cpSync(path.join(WORKSPACE, FOLDER), copy, { recursive: true });
    execFileSync(process.execPath, [cli, 'curate', 'export', path.join(WORKSPACE, FOLDER), '--format', 'jsonl', '--out', exported]);
    execFileSync(process.execPath, [cli, 'curate', 'import', exported, '--into', copy, '--reviewer', 'Anna']);
    const log = path.join(copy, '.smearlens', 'annotations');
    const again = fs.readdirSync(log).filter((name) => name.endsWith('.jsonl')).flatMap((name) => fs.readFileSync(path.join(log, name), 'utf8').split('\n').slice(0, -1)).map((line) => JSON.parse(line) as Line);
    const labels = (of: readonly Line[]): string[] => of.filter(({ type }) => type === 'label').map(({ image, reviewer, value }) => `${image.sha256} ${reviewer} ${String(value)}`).sort();
    assert.strictEqual(labels(again).length, COUNT);
    assert.deepStrictEqual(labels(again), labels(lines()));
  });

  it('takes the latest label back, shows its image, and gives it again', async () => {
    const before = lines().length;
    await press('ArrowLeft');
    await shows(COUNT - 1);
    await press('z');
    await shows(COUNT);
    await label('Not labelled');
    await press('Shift+Z');
    await label(/^Saved: Unsure/);
    assert.deepStrictEqual(lines().slice(before).map(({ type, value }) => [type, value]), [['undo', lines()[before - 1]?.id], ['redo', lines()[before - 1]?.id]]);
    verifies();
  });

  it('writes a note, whose digits and letters label nothing', async () => {
    const { workbench } = session;
    const before = lines().length;
    await press('n');
    const note = workbench.editor().locator('#note-text');
    await note.waitFor();
    await note.pressSequentially('2 cells u 3 z');
    await press('Enter');
    await label(/^Saved: .*note/);
    assert.deepStrictEqual(lines().slice(before).map(({ type, value }) => [type, value]), [['note', '2 cells u 3 z']]);
    // The picture has the keyboard again.
    await press('x');
    await label(/excluded/);
    await press('x');
    await label(/taken back in/);
    assert.deepStrictEqual(lines().slice(before + 1).map(({ type, value }) => [type, value]), [['exclude', true], ['exclude', false]]);
  });

  it('is taken up at the image that was on show', async () => {
    const { workbench } = session;
    await press('ArrowLeft');
    await shows(COUNT - 1);
    await workbench.runCommand('View: Close All Editors');
    await workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows(COUNT - 1);
    await label(/^Saved: /);
  });

  it('merges what somebody else appends at once, and shows it beside an own label only', async () => {
    const [one, other] = [lines()[COUNT - 3], lines()[0]];
    const event = { v: 1, id: 'b1', time: new Date().toISOString(), reviewer: 'Bert', image: lines().find(({ image }) => image.path.endsWith(`/${NAMES[COUNT - 2]}`))?.image, type: 'label', value: 'Benign', previous: '' };
    assert.ok(one && other && event.image);
    fs.writeFileSync(path.join(LOG, 'Bert.cafe0000.jsonl'), `${JSON.stringify(event)}\n`);
    await label(/Bert: Benign/);
  });

  it('tells of a line that a crash left, and loses nothing by it', async () => {
    const name = fs.readdirSync(LOG).find((file) => file.startsWith('Anna.') && file.endsWith('.jsonl')) ?? '';
    const before = lines();
    fs.appendFileSync(path.join(LOG, name), '{"v":1,"id":"half');
    await press('u');
    await session.workbench.toast(`was set aside as ${name}.torn-`).waitFor();
    assert.deepStrictEqual(lines().slice(0, -1), before);
    assert.strictEqual(lines().at(-1)?.value, null);
    verifies();
    await session.workbench.runCommand('Notifications: Clear All Notifications');
    // The other reviewer's label is to be disputed below.
    await shows(COUNT);
    await press('z');
    await shows(COUNT - 1);
    assert.strictEqual(lines().at(-1)?.type, 'undo');
  });

  it('keeps every label that it said was saved when the extension host is killed', async () => {
    const { workbench } = session;
    for (const number of [42, 38]) {
      await workbench.runCommand('View: Close All Editors');
      await workbench.fromExplorer(FOLDER, 'Review Folder');
      while (!(await workbench.editor().locator('#position').innerText()).startsWith(`${number} /`)) {
        const before = await workbench.editor().locator('#position').innerText();
        await press('ArrowLeft');
        await workbench.editor().locator('#position').getByText(before, { exact: true }).waitFor({ state: 'hidden' });
      }
      const from = lines().length;
      const saved: string[] = [];
      for (let i = number; i < number + 5; i++) {
        await shows(i);
        await press('4');
        await shows(i + 1);
        saved.push(NAMES[i - 1] ?? '');
      }
      // In the middle of the next one.
      await press('4');
      session.killExtensionHost();
      await workbench.reload();
      const given = lines().slice(from).filter(({ type }) => type === 'label');
      assert.deepStrictEqual(given.slice(0, saved.length).map(({ image, value }) => [path.basename(image.path), value]), saved.map((name) => [name, 'Pro']));
      assert.ok(given.length <= saved.length + 1);
      assert.strictEqual(new Set(lines().map(({ id }) => id)).size, lines().length);
      verifies();
    }
  });

  it('hides names, verdict and maps in a blind review until there is a label', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    await workbench.fromExplorer(SECOND, 'Review Folder');
    await shows(1, 3);
    await workbench.analysed();
    await press('b');
    await workbench.editor().locator('body[data-state="hidden"]').waitFor();
    await workbench.activeTab('Image 1').waitFor();
    const said = await workbench.editor().locator('body').innerText();
    assert.doesNotMatch(said, /a\.png|Pre\/|Grad-CAM|Probability/, said);
    await inThemes('labels-blind');
    await press('4');
    await shows(2, 3);
    await workbench.editor().locator('body[data-state="hidden"]').waitFor();
    await press('ArrowLeft');
    await workbench.activeTab('a.png').waitFor();
    await workbench.editor().locator('body[data-state="outside"]').waitFor();
    const given = lines().at(-1);
    assert.deepStrictEqual([given?.value, given?.blind], ['Pro', true]);
    await press('b');
    await press('ArrowRight');
    await workbench.activeTab('b.png').waitFor();
  });

  it('shows disputes to who adjudicates, and writes the decision', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    const disputed = NAMES[COUNT - 2] ?? '';
    await workbench.fromExplorer(FOLDER, 'Adjudicate Disputes', 'SmearLens');
    await workbench.editor().locator('#position').getByText('1 / 1', { exact: true }).waitFor();
    await workbench.editor().locator('#review-note', { hasText: /Disputed: Anna says .+, Bert says Benign/ }).waitFor();
    await label(/Bert: Benign/);
    await workbench.editor().locator('#label-classes button').first().click();
    await label(/decided for Benign/);
    await inThemes('labels-adjudicate');
    const decision = lines().at(-1);
    assert.deepStrictEqual([decision?.type, decision?.value, decision?.image.path], ['adjudication', 'Benign', `${FOLDER}/${disputed}`]);
    verifies();
  });

  it('begins anew, with the list of the classes, where log and list were deleted', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    fs.rmSync(SMEARLENS, { recursive: true });
    await workbench.fromExplorer(SECOND, 'Review Folder');
    await workbench.analysed();
    await label('Not labelled');
    await workbench.keysWork();
    const shown = await workbench.editor().locator('#file-name').innerText();
    await press('2');
    await workbench.editor().locator('#file-name').getByText(shown, { exact: true }).waitFor({ state: 'hidden' });
    assert.deepStrictEqual(lines().map(({ type, value, image }) => [type, value, image.path]), [['label', 'Early', `${SECOND}/${shown}`]]);
    assert.deepStrictEqual((JSON.parse(fs.readFileSync(path.join(SMEARLENS, 'project.json'), 'utf8')) as { classes: { id: string }[] }).classes.map(({ id }) => id), CLASSES);
    verifies();
  });
});
