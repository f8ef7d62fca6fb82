/** The bar of labels below the picture: the classes with their keys, and what is on the disk. */
import type { LabelChoice, LabelCommand, LabelNews, LabelRequest, LabelState } from '../src/protocol/labels';
import { labelName } from '../src/protocol/labels';
import { byId, create, say } from './dom';

/** Keys are 1 to 9; further classes are chosen from VS Code's palette. */
const KEYS = 9;

/** What the keys are about instead of the image: a selected region. */
export interface LabelSubject {
  readonly id: string;
  readonly name: string;
  /** null: it has none. */
  readonly classId: string | null;
  readonly note: string;
  readonly set: (part: { readonly classId?: string | null; readonly note?: string }) => void;
  /** The keys are about the image again. */
  readonly leave: () => void;
}

export interface LabelBarOptions {
  /** The id of the smear on show, and whether its verdict is to be seen. */
  readonly shown: () => { readonly id: string; readonly sawModel: boolean } | undefined;
  readonly send: (request: LabelRequest) => void;
  /** Gives the keyboard back to the picture. */
  readonly leave: () => void;
}

export class LabelBar {
  private state: LabelState | undefined;
  private news: LabelNews | undefined;
  private subject: LabelSubject | undefined;
  private listed = '';
  private readonly note = byId<HTMLInputElement>('note-text');

  constructor(private readonly options: LabelBarOptions) {
    // A click leaves the focus with the picture, so that its keys go on working.
    byId('labels').addEventListener('mousedown', (event) => event.target !== this.note && event.preventDefault());
    byId('label-unsure').addEventListener('click', () => this.run('unsure'));
    byId('label-note').addEventListener('click', () => this.run('note'));
    byId('label-exclude').addEventListener('click', () => this.run('exclude'));
    byId('note-editor').addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.note.value;
      if (this.subject) this.subject.set({ note: text.trim() });
      else this.request((base) => ({ kind: 'note', ...base, text }));
      this.closeNote();
    });
    this.note.addEventListener('keydown', ({ key }) => key === 'Escape' && this.closeNote());
    this.show(undefined);
  }

  /** @param state undefined until the host has said what there is */
  show(state: LabelState | undefined, news?: LabelNews): void {
    this.state = state;
    this.news = news;
    this.list(state);
    const { own, adjudicated, adjudicates, excluded } = state ?? {};
    const given = adjudicates ? adjudicated : own;
    const mine = this.subject ? { value: this.subject.classId } : given;
    for (const button of byId('label-classes').querySelectorAll<HTMLElement>('button')) button.setAttribute('aria-pressed', String(mine !== undefined && button.dataset['id'] === mine.value));
    byId('label-unsure').setAttribute('aria-pressed', String(mine?.value === null));
    byId('label-unsure').hidden = adjudicates === true && !this.subject;
    byId('label-exclude').setAttribute('aria-pressed', String(excluded === true));
    const text = news?.text ?? (state ? standing(state) : '');
    byId('label-state').classList.toggle('failed', news?.failed === true);
    say(byId('label-state'), text);
  }

  /** From now on the keys of the classes and of the note are about this; undefined: the image. What was just said of the image stays. */
  about(subject: LabelSubject | undefined): void {
    // A note that was begun is not the other's.
    if (subject?.id !== this.subject?.id) this.closeNote();
    this.subject = subject;
    byId('labels').classList.toggle('of-region', subject !== undefined);
    byId('label-target').textContent = subject?.name ?? 'Image';
    byId('note-label').textContent = subject ? `Note on the ${subject.name.toLowerCase()}` : 'Note';
    this.show(this.state, this.news);
  }

  /** What a key or a button asks for, of the smear on show or of its selected region. */
  run(command: LabelCommand): void {
    if (command === 'note') return this.openNote();
    if (command === 'exclude') return this.request((base) => ({ kind: 'exclude', ...base }));
    if (this.subject) return this.runOn(this.subject, command);
    this.request((base, sawModel) => ({ kind: 'label', ...base, choice: command, sawModel }));
  }

  /** Another smear has come: a note that was begun is not its. */
  closeNote(): void {
    if (byId('note-editor').hidden) return;
    byId('note-editor').hidden = true;
    this.options.leave();
  }

  private runOn(subject: LabelSubject, choice: LabelChoice): void {
    if (choice === 'agree') return subject.leave();
    const chosen = choice === 'unsure' ? null : this.state?.classes[choice - 1]?.id;
    if (chosen !== undefined) return subject.set({ classId: chosen });
    this.fail(`There is no class ${choice}.`);
  }

  private openNote(): void {
    if (!this.state?.sha256) return;
    this.note.value = (this.subject ?? this.state).note ?? '';
    byId('note-editor').hidden = false;
    this.note.focus();
    this.note.select();
  }

  private request(make: (base: { id: string; sha256: string }, sawModel: boolean) => LabelRequest): void {
    const shown = this.options.shown();
    const sha256 = this.state?.sha256;
    if (shown && sha256 !== undefined) return this.options.send(make({ id: shown.id, sha256 }, shown.sawModel));
    this.fail('Not recorded: the image is still being read. Press the key again.');
  }

  private fail(text: string): void {
    byId('label-state').classList.add('failed');
    say(byId('label-state'), text);
  }

  private list(state: LabelState | undefined): void {
    const classes = state?.classes ?? [];
    const key = JSON.stringify(classes);
    if (key === this.listed) return;
    this.listed = key;
    byId('label-classes').replaceChildren(
      ...classes.slice(0, KEYS).map(({ id, name, description }, i) => {
        const button = create('button');
        button.type = 'button';
        button.dataset['id'] = id;
        button.title = description ? `${description} (${i + 1})` : `${name} (${i + 1})`;
        button.append(create('kbd', '', String(i + 1)), name);
        button.addEventListener('click', () => this.run(i + 1));
        return button;
      }),
    );
  }
}

/** What is known of the smear when nothing was just done to it. */
function standing({ own, others, adjudicated, adjudicates, note, excluded, classes, sha256, blind }: LabelState): string {
  if (sha256 === undefined) return '';
  const names = others.map(({ reviewer, value }) => `${reviewer}: ${labelName(value, classes)}`);
  const parts = [
    adjudicated ? `Decided by ${adjudicated.reviewer}: ${labelName(adjudicated.value, classes)}` : undefined,
    own && !adjudicates ? `Saved: ${labelName(own.value, classes)}` : undefined,
    ...names,
    excluded ? 'Excluded' : undefined,
    note ? `Note: ${note}` : undefined,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return blind ? 'Not labelled. Blind: nothing is shown before' : 'Not labelled';
  return parts.join(' · ');
}
