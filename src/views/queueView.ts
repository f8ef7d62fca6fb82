import * as vscode from 'vscode';
import { countStates } from '../curation/queue';
import type { CommandId } from '../commands/table';
import type { FolderRow } from '../editor/folderQueue';
import type { ReviewQueueFolder } from '../editor/reviewQueue';
import { labelName } from '../protocol/labels';
import { QUEUE_STATES, type QueueState } from '../protocol/queue';

/** A group of images, or an image. */
type Node = { readonly kind: 'group'; readonly group: QueueState | 'ranked'; readonly rows: readonly FolderRow[] } | { readonly kind: 'image'; readonly row: FolderRow; readonly ranked: boolean };

const OPEN: CommandId = 'smearlens.openQueued';
const ICONS: Readonly<Record<QueueState | 'ranked', vscode.ThemeIcon>> = {
  ranked: new vscode.ThemeIcon('list-ordered'),
  disputed: new vscode.ThemeIcon('warning', new vscode.ThemeColor('charts.red')),
  unsure: new vscode.ThemeIcon('question', new vscode.ThemeColor('charts.orange')),
  corrected: new vscode.ThemeIcon('edit', new vscode.ThemeColor('charts.purple')),
  unlabelled: new vscode.ThemeIcon('circle-outline'),
  labelled: new vscode.ThemeIcon('tag', new vscode.ThemeColor('charts.blue')),
  agreed: new vscode.ThemeIcon('check', new vscode.ThemeColor('charts.green')),
  excluded: new vscode.ThemeIcon('circle-slash'),
};

/** The review queue in the side bar: the images by their states and, where they were ranked, in that order with the reasons. */
export function registerQueueView(queue: ReviewQueueFolder): vscode.Disposable {
  const provider = new QueueTree(queue);
  const view = vscode.window.createTreeView('smearlens.queue', { treeDataProvider: provider, showCollapseAll: true });
  const describe = (): void => {
    const { current } = queue;
    view.description = current ? vscode.workspace.asRelativePath(current.folder) : undefined;
    view.message = current && current.unread > 0 ? `${current.unread} images are still being read.` : undefined;
    void vscode.commands.executeCommand('setContext', 'smearlens.hasQueue', current !== undefined);
  };
  describe();
  const restore = view.onDidChangeVisibility(({ visible }) => visible && void queue.restore());
  if (view.visible) void queue.restore();
  return vscode.Disposable.from(view, restore, queue.onDidChange(describe), provider);
}

class QueueTree implements vscode.TreeDataProvider<Node> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscription: vscode.Disposable;

  constructor(private readonly queue: ReviewQueueFolder) {
    this.subscription = queue.onDidChange(() => this.changed.fire(undefined));
  }

  getChildren(node?: Node): Node[] {
    const { current } = this.queue;
    if (!current) return [];
    if (node) return node.kind === 'group' ? node.rows.map((row) => ({ kind: 'image', row, ranked: node.group === 'ranked' })) : [];
    const { rows } = current;
    const counts = countStates(rows);
    const ranked = current.ranking === undefined ? [] : [{ kind: 'group', group: 'ranked', rows: rows.filter(({ reason }) => reason) } as const];
    const states = (Object.keys(QUEUE_STATES) as QueueState[]).filter((state) => counts[state] > 0);
    return [...ranked, ...states.map((state) => ({ kind: 'group', group: state, rows: rows.filter((row) => row.state === state) }) as const)];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'group' ? this.groupItem(node) : this.imageItem(node);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }

  private groupItem({ group, rows }: Extract<Node, { kind: 'group' }>): vscode.TreeItem {
    const isRanked = group === 'ranked';
    const label = isRanked ? (this.queue.current?.ranking ?? '') : QUEUE_STATES[group];
    const item = new vscode.TreeItem(label, isRanked ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed);
    // Its own id: what is unfolded stays so while labels come in.
    item.id = group;
    item.description = String(rows.length);
    item.iconPath = ICONS[group];
    return item;
  }

  private imageItem({ row, ranked }: Extract<Node, { kind: 'image' }>): vscode.TreeItem {
    const classes = this.queue.current?.classes ?? [];
    const name = row.path.split('/').pop() ?? '';
    const item = new vscode.TreeItem(name);
    const label = row.label === undefined ? '' : labelName(row.label, classes);
    item.id = `${ranked ? 'ranked' : row.state}/${row.path}`;
    item.description = ranked ? row.reason?.text : [label, row.path.slice(0, -name.length - 1)].filter(Boolean).join(' · ');
    item.iconPath = ICONS[row.state];
    item.tooltip = tooltipOf(row, label);
    item.command = { command: OPEN, title: 'Open in the review session', arguments: [row.path, ranked] };
    item.accessibilityInformation = { label: `${name}, ${QUEUE_STATES[row.state]}${label ? `, ${label}` : ''}${row.reason ? `, ${row.reason.text}` : ''}` };
    return item;
  }
}

function tooltipOf({ path, state, reason, uri }: FolderRow, label: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.appendText(path);
  text.appendMarkdown('\n\n');
  text.appendText(`${QUEUE_STATES[state]}${label ? `: ${label}` : ''}`);
  if (reason) {
    text.appendMarkdown('\n\n');
    text.appendText(reason.text);
  }
  // What a browser cannot decode it would show as a broken picture.
  if (!/\.tiff?$/i.test(path)) {
    text.supportHtml = true;
    text.appendMarkdown(`\n\n<img src="${uri.toString().replace(/"/g, '%22')}" width="160">`);
  }
  return text;
}

