/** The workbench as a user sees it: what the browser suites click and read. */
import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { CodeServer } from './server';

/** Milliseconds to wait for anything: the first analysis starts a process and loads a model. */
export const PATIENCE = 30_000;

/** Milliseconds after which what got lost is tried again. */
const AGAIN = 1000;

const succeeds = (attempt: Promise<unknown>): Promise<boolean> => attempt.then(() => true, () => false);

export class Workbench {
  private constructor(readonly page: Page) {}

  /** Opens a folder and resolves once extensions' editors can be opened. */
  static async open(page: Page, server: CodeServer, folder: string): Promise<Workbench> {
    page.setDefaultTimeout(PATIENCE);
    await page.goto(`http://${server.authority}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent('[["skipWelcome","true"]]')}`);
    const workbench = new Workbench(page);
    await workbench.isReady();
    return workbench;
  }

  /** Reloads the window by its own command: unlike the browser's reload, it first saves what is open. */
  async reload(): Promise<void> {
    await Promise.all([this.page.waitForEvent('load'), this.runCommand('Developer: Reload Window')]);
    await this.isReady();
  }

  /** Closes and clears whatever tests have opened, so that the window is as a new one. */
  async tidy(): Promise<void> {
    await this.clear();
    for (const command of ['View: Close All Editors', 'Notifications: Clear All Notifications', 'View: Show Explorer', 'Collapse Folders in Explorer']) await this.runCommand(command);
    await this.page.locator('.tab').first().waitFor({ state: 'detached' });
    await this.page.locator('.notification-toast').first().waitFor({ state: 'detached' });
    await this.page.mouse.move(0, 0);
  }

  /** Closes what a failed test may have left in the way of others: pickers, menus, and further groups of editors. */
  async clear(): Promise<void> {
    // Where nothing is open, Escape would go to the smear.
    const open = this.page.locator('.quick-input-widget, .monaco-menu').filter({ visible: true });
    while ((await open.count()) > 0) await this.page.keyboard.press('Escape');
    if ((await this.page.locator('.editor-group-container').count()) > 1) await this.runCommand('View: Join All Editor Groups');
  }

  /** Opens a file from the Explorer: with the editor that its type has by default. */
  async openFromExplorer(name: string): Promise<void> {
    await this.inExplorer(name).dblclick();
    await this.activeTab(name).waitFor();
  }

  /** Opens a file as a user does it: its context menu in the Explorer, 'Open in SmearLens'. */
  async openInSmearLens(name: string): Promise<void> {
    await this.fromExplorer(name, 'Open in SmearLens');
    await this.activeTab(name).waitFor();
    // A single click opened it in VS Code's own viewer first, whose tab has the same name.
    await this.editor().locator('#verdict').waitFor({ state: 'attached' });
  }

  /**
   * Chooses from the context menu of a file or folder in the Explorer.
   * @param submenu the entry is in this one
   */
  async fromExplorer(name: string, entry: string, submenu?: string): Promise<void> {
    await this.inExplorer(name).click({ button: 'right' });
    if (submenu !== undefined) await this.inMenu(submenu, 'ArrowRight');
    await this.inMenu(entry, 'Enter');
  }

  /** By keyboard: a menu takes no click in its first moments, lest the right click that opened it chose something. */
  private async inMenu(entry: string, key: string): Promise<void> {
    // Nearest to its text: an item with a submenu holds those of the submenu.
    const item = this.page.locator('.monaco-menu').getByText(entry, { exact: true }).locator('xpath=ancestor::li[1]');
    await item.hover();
    await item.and(this.page.locator('.focused')).waitFor();
    await this.page.keyboard.press(key);
  }

  /** Gives the Explorer's tree the keyboard's focus, without opening another file. */
  async focusExplorer(): Promise<void> {
    await this.runCommand('File: Focus on Files Explorer');
    await this.page.locator('.explorer-folders-view .monaco-list:focus-within').waitFor();
  }

  /** Opens the command palette and closes it: what had the focus has it again, and all messages about it have arrived. */
  async toAndFro(): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    // That of the command before may still be closing, and would be taken for this one.
    await input.waitFor({ state: 'hidden' });
    await this.page.keyboard.press('F1');
    await input.waitFor();
    await this.page.keyboard.press('Escape');
    await input.waitFor({ state: 'hidden' });
  }

  activeTab(name: string): Locator {
    return this.page.locator('.tab.active', { hasText: name });
  }

  /** The document of the visible SmearLens editor (the nth, where there are several side by side). */
  editor(nth = 0): FrameLocator {
    return this.page.frameLocator(`iframe.webview.ready >> nth=${nth}`).frameLocator('iframe#active-frame');
  }

  /** Waits until the visible smear is analysed and its picture is shown. Fails at once where the analysis failed. */
  async analysed(nth = 0): Promise<FrameLocator> {
    const editor = this.editor(nth);
    await editor.locator('body:is([data-state="done"], [data-state="outside"], [data-state="failed"]):is([data-image="shown"], [data-image="failed"])').waitFor();
    const state = await editor.locator('body').getAttribute('data-state');
    if (state === 'failed') throw new Error(`The analysis failed: ${await editor.locator('#verdict').innerText()}`);
    return editor;
  }

  async runCommand(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    // The palette of the command before may still be closing.
    await input.waitFor({ state: 'hidden' });
    // A smear that has just been shown takes the focus, and the palette closes again when it loses it.
    do {
      await this.page.keyboard.press('F1');
      await input.waitFor();
    } while (!(await succeeds(input.fill(`>${title}`, { timeout: AGAIN }))));
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /**
   * Presses a key until what it brings about is on show: VS Code hears that a page has the focus some time after the page
   * has it. Only for a key that does the same however often it is pressed.
   */
  async pressUntil(key: string, shown: Locator): Promise<void> {
    do await this.page.keyboard.press(key);
    while (!(await succeeds(shown.waitFor({ timeout: AGAIN }))));
  }

  /** Resolves once VS Code knows that the smear has the focus: its keys work from now on. The whole picture is on show then. */
  async keysWork(nth = 0): Promise<void> {
    const scale = this.editor(nth).locator('#scale');
    await this.pressUntil('0', scale.getByText('100 %', { exact: true }));
    await this.pressUntil('f', scale.filter({ hasNotText: /^100 %$/ }));
  }

  /** A message at the lower right. */
  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** What a quick pick offers. */
  choices(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** The input of the quick pick or input box whose placeholder has this text. */
  picker(placeholder: string): Locator {
    return this.page.locator(`.quick-input-widget input.input[placeholder*="${placeholder}"]`);
  }

  /** Chooses by keyboard: a quick pick takes no click in its first moments. */
  async pick(placeholder: string, text: string, { timeout = PATIENCE } = {}): Promise<void> {
    const picker = this.picker(placeholder);
    await picker.waitFor({ timeout });
    await picker.fill(text);
    await this.choices().filter({ hasText: text }).first().waitFor();
    await this.page.keyboard.press('Enter');
    await picker.waitFor({ state: 'hidden' });
  }

  /** Runs a command that asks one thing, and answers. Once more where the question was closed by a focus that came back late. */
  async answer(title: string, placeholder: string, text: string): Promise<void> {
    const picker = this.picker(placeholder);
    do {
      await this.runCommand(title);
      await picker.waitFor();
    } while (!(await succeeds(picker.fill(text, { timeout: AGAIN }))));
    await this.pick(placeholder, text);
  }

  /** Gives a path to the dialog that asks for a file or folder, once it has offered one that ends in this way. */
  async givePath(file: string, offered: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await input.evaluate(
      (element: HTMLInputElement, end) =>
        new Promise<void>((done) => {
          const look = (): void => void (element.value.endsWith(end) ? done() : requestAnimationFrame(look));
          look();
        }),
      offered,
    );
    await input.fill(file);
    await this.page.keyboard.press('Enter');
  }

  private inExplorer(name: string): Locator {
    return this.page.locator('.explorer-folders-view .monaco-list-row', { has: this.page.getByText(name, { exact: true }) });
  }

  /**
   * A file opened too early falls back to another editor: contributed editors count only after all extensions are
   * loaded and the editor service, itself made in an idle moment, has seen them. Idle callbacks run in order.
   */
  private async isReady(): Promise<void> {
    await this.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    await this.page.waitForFunction(() => performance.getEntriesByName('code/didLoadExtensions').length > 0);
    await this.page.evaluate(() => new Promise<void>((done) => requestIdleCallback(() => requestIdleCallback(() => done()))));
  }
}
