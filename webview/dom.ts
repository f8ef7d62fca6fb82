/** The element with this id; the page's skeleton (src/editor/html.ts) has it, or that is a defect. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element #${id}.`);
  return element as E;
}

/** A new element with a class and text; text is never parsed as HTML. */
export function create<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/** Shows a paragraph with this text, or hides it where there is none. */
export function say(element: HTMLElement, text: string | undefined): void {
  element.hidden = !text;
  // Written only on change: a live region is read aloud at every write.
  if (element.textContent !== (text ?? '')) element.textContent = text ?? '';
}
