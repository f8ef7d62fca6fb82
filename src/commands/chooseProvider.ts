import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { writeSetting } from '../editor/settings';
import type { ProviderChoice, ProviderName } from '../protocol/analysis';
import { formatProvider } from '../protocol/format';

const DESCRIPTIONS: Record<ProviderName, string> = {
  cpu: 'everywhere',
  webgpu: 'any GPU with a current driver',
  cuda: 'NVIDIA, with the CUDA libraries installed',
  dml: 'Windows',
  coreml: 'macOS',
};

interface ProviderItem extends vscode.QuickPickItem {
  readonly choice: ProviderChoice;
}

/** Offers the execution providers. Whether one works here is only known by trying it, which `Doctor` does. */
export async function chooseProvider(active: ActiveSmear): Promise<void> {
  const names = Object.entries(DESCRIPTIONS) as [ProviderName, string][];
  const items: ProviderItem[] = [
    { label: 'Automatic', description: 'the fastest that works here', choice: 'auto' },
    ...names.map(([choice, description]) => ({ label: formatProvider(choice), description, choice })),
  ];
  const item = await vscode.window.showQuickPick(items, { title: 'SmearLens: execution provider', placeHolder: 'Where shall models run?' });
  if (item) await writeSetting('smearlens.provider', item.choice === 'auto' ? undefined : item.choice, active.current?.uri);
}
