/** `smearlens doctor`: what works on this machine, tried for real. */
import { ExplainEngine } from '../explain/engine';
import { formatMilliseconds, formatProvider } from '../protocol/format';
import type { Output } from './output';

export async function doctor(model: string, output: Output): Promise<void> {
  const engine = new ExplainEngine({ log: (_, text) => output.log(text) });
  try {
    const report = await engine.doctor({ path: model, provider: 'auto', layer: 'auto' });
    output.result(report, () =>
      [
        ...Object.entries(report.versions).map(([part, version]) => `${part.padEnd(12)} ${version}`),
        ...report.providers.map((p) => `${formatProvider(p.name).padEnd(12)} ${p.works ? `works, ${formatMilliseconds(p.milliseconds ?? 0)} a forward pass` : `does not work: ${(p.error ?? '').split('\n')[0]}`}`),
      ].join('\n'),
    );
  } finally {
    await engine.dispose();
  }
}
