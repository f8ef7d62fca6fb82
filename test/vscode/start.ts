/** Starts a code-server with this extension on a folder and prints its address; runs until interrupted. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { CodeServer, linkExtension, ROOT } from './harness/server';

void main(process.argv[2] ?? ROOT);

async function main(workspace: string): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-start-'));
  linkExtension(folder, ROOT);
  const server = await CodeServer.start({ folder });
  console.log(`SmearLens in VS Code: http://${server.authority}/?folder=${encodeURIComponent(workspace)}`);
  console.log("In the Explorer, right-click an image and choose 'Open in SmearLens'. Ctrl+C ends it.");
  const end = async (): Promise<void> => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end());
}
