import { spawn } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { writeDurably } from '../../../adapters/store/write-durably.js';
import { renderReport } from '../../../report/page.js';
import { findCampaign } from '../../campaign-folder.js';
import { collectReport } from '../../report.js';
import { exitStatus, print, printError, runAction } from '../output.js';

interface ReportOptions {
  output?: string;
  stateDir: string;
  open: 'yes' | 'no';
}

export const register = (program: Command): void => {
  program
    .command('report')
    .description("a campaign's page: one HTML file with plots, tables and examples; needs no server and no network")
    .argument('[campaign]', 'id or the beginning of one; the latest without it')
    .option('-o, --output <file>', 'the file to write (default: report-CAMPAIGN.html)')
    .option('--state-dir <dir>', 'where its state lies', '.nextune')
    .addOption(new Option('--open <when>', 'open it in the browser').choices(['yes', 'no']).default('no'))
    .action(runAction(report));
};

const report = async (wanted: string | undefined, { output, stateDir, open }: ReportOptions): Promise<number> => {
  const record = await findCampaign(stateDir, wanted);
  const path = resolve(output ?? `report-${record.campaign}.html`);
  const page = renderReport(await collectReport(stateDir, record));
  await writeDurably(path, page);
  await chmod(path, 0o644);
  print(`wrote ${path} (${Math.ceil(Buffer.byteLength(page) / 1024)} KiB)`);
  if (open === 'yes') await openInBrowser(path);
  return exitStatus.ok;
};

/** xdg-open hands the file to whatever the desktop opens pages with, and ends. */
const openInBrowser = (path: string): Promise<void> =>
  new Promise((done) => {
    const child = spawn('xdg-open', [path], { stdio: 'ignore', detached: true });
    child.once('error', () => {
      printError('there is no xdg-open here: open the file yourself');
      done();
    });
    child.once('spawn', () => {
      child.unref();
      done();
    });
  });
