import * as assert from 'node:assert';
import * as path from 'node:path';
import { Session } from '../../harness/session';
import { SCREENSHOTS } from '../../harness/places';

describe('tmp', () => {
  let session: Session;
  before(async () => void (session = await Session.start({'smearlens.model':'/tmp/x'})));
  after(() => session.stop());
  it('shows', async () => {
    const { workbench } = session;
    await workbench.openInSmearLens('smear-1.jpg');
    const editor = workbench.editor();
    await editor.locator('body[data-state="outside"]').waitFor();
    const vars = await editor.locator('html').evaluate((e) => (e as HTMLElement).style.cssText);
    require('fs').writeFileSync('/tmp/vars.txt', vars);
    await workbench.page.screenshot({ path: path.join(SCREENSHOTS, 'wb1.png') });
    await workbench.openInSmearLens('Early.jpg');
    await editor.locator('body[data-state="done"]').waitFor();
    await workbench.page.screenshot({ path: path.join(SCREENSHOTS, 'wb2.png') });
    console.log(session.complaints);
    assert.ok(true);
  });
});
