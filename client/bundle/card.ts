import { stringify } from 'yaml';
import type { EvaluationRecord, Manifest } from '../../contract/manifest.js';
import type { Task } from '../../contract/task.js';

/** What a model card says: all of it comes from sealed manifests and the tasks that they name. */
export interface CardFacts {
  campaign: string;
  /** The round whose adapter this is; undefined where no round was better than the base. */
  round: number | undefined;
  base: string;
  traceFormat: string;
  training: { rows: number; tasks: number } | undefined;
  fineTune: Manifest['content']['fineTune'];
  tasks: readonly Task[];
  evaluations: readonly EvaluationRecord[];
  manifest: string;
  keyId: string;
}

/** Where the base model is kept on the hub, for those that are known by another name here. */
const hubNames: Record<string, string> = { 'smollm2-135m-instruct': 'HuggingFaceTB/SmolLM2-135M-Instruct' };

const sourcesOf = (tasks: readonly Task[]): { dataset: string; license: string; tasks: number }[] => {
  const sources = new Map<string, { dataset: string; license: string; tasks: number }>();
  for (const { source } of tasks) {
    const key = `${source.dataset}\n${source.license}`;
    const one = sources.get(key) ?? { dataset: source.dataset, license: source.license, tasks: 0 };
    sources.set(key, { ...one, tasks: one.tasks + 1 });
  }
  return [...sources.values()];
};

const percent = (share: number): string => (100 * share).toFixed(1);

const frontMatter = (facts: CardFacts): string => {
  const licenses = [...new Set(sourcesOf(facts.tasks).map(({ license }) => license))];
  const [only] = licenses;
  return stringify({
    base_model: hubNames[facts.base] ?? facts.base,
    library_name: 'peft',
    license: licenses.length === 1 && only !== undefined ? only.toLowerCase() : 'other',
    pipeline_tag: 'text-generation',
    tags: ['lora', 'program-repair', 'nextune'],
    'model-index': [{ name: facts.campaign, results: facts.evaluations.flatMap(resultsOf) }],
  });
};

const resultsOf = ({ name, score }: EvaluationRecord): unknown[] =>
  score.passAtK.flatMap((entry) =>
    'mean' in entry
      ? [
          {
            task: { type: 'text-generation', name: 'program repair' },
            dataset: { type: 'nextune', name },
            metrics: [{ type: 'pass@k', name: `pass@${entry.k}`, value: Number(percent(entry.mean)), verified: false }],
          },
        ]
      : [],
  );

const scoreRow = ({ name, model, score }: EvaluationRecord): string => {
  const cells = score.passAtK.map((entry) =>
    'mean' in entry
      ? `pass@${entry.k} ${percent(entry.mean)} [${percent(entry.low)}, ${percent(entry.high)}]`
      : `pass@${entry.k} not estimated (${entry.notEstimated})`,
  );
  return `| ${name} | ${model.model} | ${score.tasks} | ${cells.join('; ')} |`;
};

/** The card as the hub reads it: YAML at the head, then Markdown. */
export const renderCard = (facts: CardFacts): string => {
  const { campaign, round, training, fineTune } = facts;
  const made =
    round === undefined
      ? 'No round of this campaign was better than its base model on dev, so there is no adapter here: only the record.'
      : `A LoRA adapter from round ${round} of campaign \`${campaign}\`, made by Nextune with NExT ` +
        '(Ni et al., 2024, arXiv 2404.14662): rejection sampling of program fixes with execution feedback.';
  return `---
${frontMatter(facts)}---
# ${campaign}

${made}

## Use

A prompt holds an intent, a buggy program${facts.traceFormat === 'none' ? '' : ` with its execution trace (${facts.traceFormat} format)`}, and its tests; the answer is a rationale and a
fenced whole program. \`training.jsonl\` has the exact prompts. \`adapter_model.safetensors\` with \`adapter_config.json\` is
PEFT's format; \`adapter.gguf\` is the same for llama.cpp.

## Data

| dataset | licence | tasks |
|---|---|---|
${sourcesOf(facts.tasks)
  .map(({ dataset, license, tasks }) => `| ${dataset} | ${license} | ${tasks} |`)
  .join('\n')}

${training ? `Trained on ${training.rows} samples of ${training.tasks} tasks (\`training.jsonl\`), each of which passed its visible and hidden tests.` : 'Nothing was trained.'}
${fineTune ? `${fineTune.steps} steps, ${fineTune.trainTokens} tokens, ${fineTune.precision}, final loss ${fineTune.finalLoss.toFixed(4)}.` : ''}

## Scores

In percent, with 95 % intervals clustered by source problem. The base model is scored beside it.

| set | model | tasks | scores |
|---|---|---|---|
${facts.evaluations.map(scoreRow).join('\n')}

## Limits

Scores are of short Python repair tasks like those above, and say nothing of other languages or longer programs. A fix
counts that passes its tests; weak tests pass wrong fixes. Rationales are a model's text and may be false.

## Check it

\`VERIFY.md\` has a recipe with openssl, jq and sha256sum that needs only \`seal.pub\`; with Nextune,
\`nextune audit verify --offline . --key seal.pub\` also computes every number again from the rows in \`record/\`.
Compare \`seal.pub\` with a copy from elsewhere: it is \`${facts.keyId}\`.
The round's manifest is \`${facts.manifest}\`.
`;
};

const signed = `jq -r '.subject[] | select(.name | startswith("adapter/")) | .digest.sha256 + "  " + (.name | ltrimstr("adapter/"))' \\
      statement.json | sha256sum -c
    jq -r '.subject[] | select(.name == "training.jsonl") | .digest.sha256 + "  training.jsonl"' statement.json | sha256sum -c`;

/** How a stranger checks a bundle with standard tools and the public key alone; `adapter` where it holds one and its training set. */
export const verifyRecipe = (adapter: boolean): string => `# Checking this bundle with standard tools

Needs bash, openssl 3, jq, base64 and sha256sum. \`seal.pub\` should be a copy that you got elsewhere.

    # 1. The signature (DSSE, Ed25519) over the manifest of ${adapter ? 'the round that made the adapter' : "the base model's scores: no round was better"}
    jq -r .payload manifest.dsse.json | base64 -d > statement.json
    type=$(jq -r .payloadType manifest.dsse.json)
    { printf 'DSSEv1 %d %s %d ' "\${#type}" "$type" "$(wc -c < statement.json)"; cat statement.json; } > signed.bin
    jq -r '.signatures[0].sig' manifest.dsse.json | base64 -d > signed.sig
    openssl pkeyutl -verify -pubin -inkey seal.pub -rawin -in signed.bin -sigfile signed.sig

    # 2. ${adapter ? `The adapter and the training set are those that it names\n    ${signed}` : 'There is no adapter and no training set here'}

    # 3. Every object of the record has the bytes of its name
    (cd record/store/sha256 && find . -type f | sed 's|^\\./||' | sort |
      while read -r f; do echo "$(echo "$f" | tr -d /)  $f"; done | sha256sum -c --quiet && echo every object: OK)

    # 4. The scores that were signed
    jq '.predicate.content.evaluations[] | {name, tasks: .score.tasks, passAtK: .score.passAtK}' statement.json
`;
