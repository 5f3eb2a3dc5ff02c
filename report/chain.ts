import type { ReportData, Seal } from './data.js';
import { html, type Markup } from './html.js';
import { facts } from './table.js';
import { digestCode, time } from './words.js';

const titleOf = ({ manifest: { content } }: Seal): string =>
  content.kind === 'base' ? 'Base' : content.kind === 'campaign' ? "Campaign's end" : `Round ${content.round}`;

const sealMarkup = (seal: Seal): Markup => {
  const { content, contentDigest, circumstances } = seal.manifest;
  return html`<li><h3>${titleOf(seal)}</h3>
${facts([
  ['sealed', html`${time(circumstances.sealedAt)} on ${circumstances.host}`],
  ['content', digestCode(contentDigest)],
  ['predecessor', content.previous === null ? 'none: the first' : digestCode(content.previous)],
  ['manifest', digestCode(seal.digest)],
  ['training set', content.training && digestCode(content.training.digest)],
  ['adapter', content.produced?.adapter && digestCode(content.produced.adapter)],
  ['workflow', html`<code>${circumstances.workflowId}</code>`],
])}</li>
`;
};

/** The chain of manifests: each names the content digest of the one before. */
export const chain = ({
  campaign,
  seals,
}: ReportData): Markup => html`<p>Each manifest names the content digest of the one before it. Everything read for this page
was checked against its digest; <code>nextune audit verify ${campaign}</code> checks the whole record and computes every score again.</p>
<ol class="chain">
${seals.map(sealMarkup)}</ol>
`;
