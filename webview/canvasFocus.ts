/** Tells the host whether the picture has the keyboard's focus: VS Code's single keys are commands only then. */
import { send } from './host';

/**
 * Reports every change, and gives the picture the focus when the page gets it, so that keys work straight after opening.
 * The page never takes the focus from elsewhere.
 */
export function reportFocus(canvas: HTMLElement): void {
  let reported = false;
  const report = (): void => {
    const focused = document.hasFocus() && document.activeElement === canvas;
    if (focused === reported) return;
    reported = focused;
    send({ kind: 'focus', focused });
  };
  const take = (): void => {
    if (document.hasFocus() && document.activeElement === document.body) canvas.focus({ preventScroll: true });
    report();
  };
  canvas.addEventListener('focus', report);
  canvas.addEventListener('blur', report);
  window.addEventListener('focus', take);
  window.addEventListener('blur', report);
  take();
}
