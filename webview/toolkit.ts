/**
 * The only file that knows @vscode/webview-ui-toolkit. It is no longer developed upstream, so nothing else may come to
 * depend on it: to replace it, give the same tags another definition here. It styles through constructed style sheets,
 * which the page's content security policy allows.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeRadio,
  vsCodeRadioGroup,
} from '@vscode/webview-ui-toolkit';

/** A control with one string for its value: what `vscode-dropdown` and `vscode-radio-group` have in common. */
export interface ChoiceElement extends HTMLElement {
  value: string;
}

/** Defines the custom elements that the page uses. */
export function defineElements(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeProgressRing(), vsCodeRadio(), vsCodeRadioGroup());
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What each choice was last told to show or told us, so that a change can be told from an echo. */
const shown = new WeakMap<ChoiceElement, string>();

/** What each choice was last filled with: to make the same elements anew takes longer than to draw an image. */
const filled = new WeakMap<ChoiceElement, string>();

/** Fills a choice with `vscode-option` or `vscode-radio` children and selects one. */
export function fillChoice(choice: ChoiceElement, tag: 'vscode-option' | 'vscode-radio', entries: readonly Choice[], selected: string): void {
  const content = JSON.stringify(entries);
  if (filled.get(choice) === content) return select(choice, selected);
  filled.set(choice, content);
  const children = entries.map(({ value, label }) => {
    const child = document.createElement(tag);
    child.setAttribute('value', value);
    child.textContent = label;
    return child;
  });
  shown.set(choice, selected);
  for (const old of choice.querySelectorAll(tag)) old.remove();
  choice.append(...children);
  select(choice, selected);
}

/** Selects an entry without telling {@link onChoice}. */
export function select(choice: ChoiceElement, value: string): void {
  shown.set(choice, value);
  choice.value = value;
}

/** Selects no entry of a group of radio buttons, without telling {@link onChoice}. */
export function selectNone(choice: ChoiceElement): void {
  select(choice, '');
  // The toolkit unchecks a button only where another one is checked.
  for (const radio of choice.querySelectorAll<HTMLElement & { checked: boolean }>('vscode-radio')) radio.checked = false;
}

/** Calls back when the reviewer chooses. The toolkit's own 'change' also comes when a program sets the value. */
export function onChoice(choice: ChoiceElement, chosen: (value: string) => void): void {
  choice.addEventListener('change', () => {
    const { value } = choice;
    if (!value || value === shown.get(choice)) return;
    shown.set(choice, value);
    chosen(value);
  });
}
