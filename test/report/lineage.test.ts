import { rmSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { findLineage } from '../../client/audit/lineage.js';
import { openCampaignReader } from '../../client/campaign-reader.js';
import { collectReport } from '../../client/report.js';
import { lineagePicture } from '../../report/lineage.js';
import { sealedWorld } from '../fakes/sealed-world.js';

describe('the picture of the lineage', () => {
  it('marks what the best checkpoint came from, no more and no less than the text does but for traces', async () => {
    const { stateDir, campaign } = await sealedWorld();
    const data = await collectReport(stateDir, { campaign, startedAt: '2026-01-01T00:00:00.000Z' });
    const { document } = parseHTML(`<html><body>${lineagePicture(data)?.text}</body></html>`);
    const title = document.querySelector('svg title')?.textContent ?? '';
    const reader = openCampaignReader(stateDir);
    const lineage = await findLineage(reader, await reader.sealed(campaign), 'round-2');
    const told = [lineage.thing, ...lineage.up].filter(
      (id) => !lineage.nodes.find((node) => node.id === id)?.label.startsWith('traces of'),
    );
    const dots = [...document.querySelectorAll('[aria-label="dot"] circle')];
    const blue = dots.filter((dot) => dot.getAttribute('fill') === 'var(--tuned)');
    expect(blue).toHaveLength(told.length);
    expect(dots.length).toBeGreaterThan(blue.length);
    expect(title).toContain(`${blue.length} of ${dots.length} things`);
    const texts = [...document.querySelectorAll('svg text')].map((text) => text.textContent);
    expect(texts).toEqual(expect.arrayContaining(['base', 'round 1', 'round 2', 'round-2/train', 'pass@1 29.2']));
    rmSync(stateDir, { recursive: true });
  });
});
