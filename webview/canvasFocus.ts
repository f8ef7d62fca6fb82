/** Tells the host whether the picture has the keyboard's focus: VS Code's single keys are commands only then. */
import { send } from './host';

/**
 * Reports every change, and gives the focus, when the page gets it, to what had it last: VS Code gives it to the page alone,
 * after its command palette say. At first that is the picture, so that keys work straight after opening. The page never
 * takes the focus from elsewhere.
 */
export function reportFocus(canvas: HTMLElement): void {
  let reported = false;
  let last = canvas;
  const report = (): void => {
    const focused = document.hasFocus() && document.activeElement === canvas;
    if (focused === reported) return;
    reported = focused;
    send({ kind: 'focus', focused });
  };
  const take = (): void => {
    // What had it may be hidden by now; then it takes none.
    for (const element of [last, canvas]) {
      if (document.hasFocus() && document.activeElement === document.body) element.focus({ preventScroll: true });
    }
    report();
  };
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) last = target;
  });
  document.addEventListener('keydown', (event) => isControls(event, canvas) && event.stopPropagation());
  canvas.addEventListener('focus', report);
  canvas.addEventListener('blur', report);
  window.addEventListener('focus', take);
  window.addEventListener('blur', report);
  take();
}

/**
 * Whether a key is pressed on one of the page's controls and is its alone: a character, or an arrow. VS Code hears of a
 * change of the focus a moment late, and would until then take the key for one pressed on the picture.
 */
function isControls({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, canvas: HTMLElement): boolean {
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body || activeElement === canvas) return false;
  return !ctrlKey && !altKey && !metaKey && (key.length === 1 || key.startsWith('Arrow'));
}
