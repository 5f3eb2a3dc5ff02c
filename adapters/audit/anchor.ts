import type { Anchor, Signer } from '../../activities/ports.js';
import { type TreeHead, treeHeadType } from '../../contract/event.js';
import { canonicalJson } from '../../core/canonical-json.js';
import { runSealingCommand } from './run-command.js';
import { commandDir, readSealing } from './sealing-settings.js';

const receiptCharacters = 2000;

/** Hands the signed tree head, a line of JSON, to the configured command; what it prints is the receipt. */
export const openAnchor = (stateDir: string, signer: Signer): Anchor => ({
  async anchor(campaign: string, head: TreeHead) {
    const { anchorCommand, variables } = await readSealing(stateDir);
    if (anchorCommand === undefined) return undefined;
    const envelope = await signer.sign(treeHeadType, Buffer.from(canonicalJson({ campaign, ...head })));
    const answer = await runSealingCommand({
      what: 'anchoring command',
      command: anchorCommand,
      variables,
      cwd: commandDir(stateDir),
      input: Buffer.from(`${canonicalJson(envelope)}\n`),
    });
    const receipt = answer.toString('utf8').trim().slice(0, receiptCharacters);
    return { command: anchorCommand[0] ?? '', receipt };
  },
});
