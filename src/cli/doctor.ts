/** `smearlens doctor`: what works on this machine, tried for real. */
import { ExplainEngine } from '../explain/engine';
import { versions } from '../explain/versions';
import { formatMilliseconds, formatProvider } from '../protocol/format';
import type { DoctorReport } from '../protocol/inference';
import type { Output } from './output';

/** @param model tells the model's path; where there is none, the versions are told all the same */
export async function doctor(model: () => string, output: Output): Promise<void> {
  const engine = new ExplainEngine({ log: (_, text) => output.log(text) });
  let report: DoctorReport = { versions: versions(), providers: [] };
  try {
    report = await engine.doctor({ path: model(), provider: 'auto', layer: 'auto' });
  } finally {
    output.result(report, () => text(report));
    await engine.dispose();
  }
}

function text({ versions, providers }: DoctorReport): string {
  return [
    ...Object.entries(versions).map(([part, version]) => `${part.padEnd(12)} ${version}`),
    ...providers.map((p) => `${formatProvider(p.name).padEnd(12)} ${p.works ? `works, ${formatMilliseconds(p.milliseconds ?? 0)} a forward pass` : `does not work: ${(p.error ?? '').replace(/^The execution provider \S+ does not work here: /, '').split('\n')[0]}`}`),
  ].join('\n');
}
