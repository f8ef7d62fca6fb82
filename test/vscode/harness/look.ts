/** What the suites measure on the editor's page, whether it stands alone or in the workbench. */
import * as fs from 'node:fs';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';

/** A page of its own, or the document of a webview. */
export type Root = Page | Frame | FrameLocator;

/** A string that differs whenever the overlay's pixels do; 'hidden' where none is drawn. */
export function overlayPixels(root: Root): Promise<string> {
  return root.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => (canvas.hidden ? 'hidden' : canvas.toDataURL()));
}

/** RGBA of one pixel of the overlay; x and y in pixels of its canvas. */
export function overlayPixel(root: Root, x: number, y: number): Promise<number[]> {
  return root.locator('#overlay').evaluate((canvas: HTMLCanvasElement, at) => [...(canvas.getContext('2d')?.getImageData(...at, 1, 1).data ?? [])], [x, y] as const);
}

/** Chooses in a `vscode-dropdown` as a user does. */
export async function choose(root: Root, id: string, label: string): Promise<void> {
  await root.locator(`#${id}`).click();
  await root.locator(`#${id}`).getByRole('option', { name: label, exact: true }).click();
}

export function overlayRadio(root: Root, label: string): Locator {
  return root.locator('#overlay-choice vscode-radio', { hasText: label });
}

/** Chooses an overlay and waits until it is on show, or for 'Off' until none is. A smear outside the domain has none at first. */
export async function showOverlay(root: Root, label = 'Grad-CAM'): Promise<void> {
  await overlayRadio(root, label).first().click();
  await root.locator('#overlay').waitFor({ state: label === 'Off' ? 'hidden' : 'visible' });
}

/** Moves a slider as its keys do: one 'input' and one 'change'. */
export async function slide(root: Root, id: string, value: string): Promise<void> {
  await root.locator(`#${id}`).fill(value);
}

export interface Violation {
  readonly rule: string;
  readonly nodes: string[];
}

/** What axe-core finds wrong with the page's accessibility. Evaluated by the browser's debugger, past the page's own policy. */
export async function accessibilityViolations(root: Root): Promise<Violation[]> {
  const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  return root.locator('body').evaluate(async (_body, source) => {
    type Axe = { run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> };
    const scope = window as unknown as { axe?: Axe };
    if (!scope.axe) (0, eval)(source);
    const { violations } = await (scope.axe as Axe).run();
    return violations.map(({ id, nodes }) => ({ rule: id, nodes: nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`) }));
  }, axe);
}
