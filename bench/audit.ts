// `npm run bench:audit`: a paper-sized round (321,504 samples) written to a folder, verified, and queried; what sealing
// costs. `-- --tasks 100` makes it smaller, `-- --tasks 94000` three million rows. Ratios are against the limits that it must reach.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { putRows } from '../activities/rows.js';
import { sealManifestAt } from '../activities/seal-manifest.js';
import { openAnchor } from '../adapters/audit/anchor.js';
import { openEventLog } from '../adapters/audit/event-log.js';
import { openSigner } from '../adapters/audit/signer.js';
import { openFolderEvents } from '../adapters/store/event-files.js';
import { folderBytes } from '../adapters/store/folder-bytes.js';
import { openFolderStore } from '../adapters/store/folder-store.js';
import { openManifestLog } from '../adapters/store/manifest-log.js';
import { writeDurably } from '../adapters/store/write-durably.js';
import { verifyCampaign } from '../client/audit/verify.js';
import { openTables } from '../client/query/query.js';
import type { RowsRef } from '../contract/digest.js';
import { canonicalJson } from '../core/canonical-json.js';

const { values } = parseArgs({
  options: { tasks: { type: 'string', default: '10047' }, samples: { type: 'string', default: '32' } },
});
const tasks = Number(values.tasks);
const perTask = Number(values.samples);
const tasksAShard = 8;
const limits = { verifySeconds: 30, pointMs: 200, passAtKSeconds: 3 };

const fence = '```';
const completion = (task: number, index: number): string =>
  `The trace shows total=${task * 7 + index} where ${task * 7} is expected, because the loop starts at ${index % 3}.\n` +
  `${fence}python\ndef solve_${task}(xs):\n    total = 0\n    for x in xs[${index % 3}:]:\n        total += x\n    return total\n${fence}\n`;

const seconds = (fromMs: number): number => (performance.now() - fromMs) / 1000;
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stateDir = mkdtempSync(join(tmpdir(), 'nextune-bench-audit-'));
process.on('exit', () => rmSync(stateDir, { recursive: true, force: true }));
const campaign = 'bench-1';
const store = openFolderStore(join(stateDir, 'store'));
const signer = openSigner(stateDir);
const deps = {
  store,
  signer,
  manifests: openManifestLog(join(stateDir, 'campaigns')),
  events: openEventLog(openFolderEvents(join(stateDir, 'campaigns')), signer),
  anchor: openAnchor(stateDir, signer),
  environment: async () => ({ packageLock: await store.put('{}'), pythonLocks: await store.put('{}') }),
};
const started = { campaign, configPath: 'nextune.yaml', startedAt: new Date().toISOString() };
await writeDurably(join(stateDir, 'campaigns', campaign, 'campaign.json'), JSON.stringify(started));

const taskRow = (at: number) => ({
  id: `task-${at}`,
  intent: 'Sum the list.',
  buggy: `def solve_${at}(xs):\n    return 0\n`,
  entryPoint: `solve_${at}`,
  tests: [`assert solve_${at}([1, 2]) == 3`],
  problemId: `problem-${Math.floor(at / 3)}`,
  source: { dataset: 'bench', license: 'Apache-2.0' },
  split: 'train',
});

const writtenAtMs = performance.now();
const all = Array.from({ length: tasks }, (_, at) => at);
const problems = {
  tasks: await putRows(store, all.map(taskRow)),
  traces: await putRows(
    store,
    all.map((at) => ({ taskId: `task-${at}` })),
  ),
};
let plainBytes = 0;
const shards: { samples: RowsRef; verdicts: RowsRef }[] = [];
const counts = { samples: 0, parsed: 0, completionTokens: 0, pass: 0, fail: 0, none: 0 };
for (let from = 0; from < tasks; from += tasksAShard) {
  const rows = all
    .slice(from, from + tasksAShard)
    .flatMap((task) =>
      Array.from({ length: perTask }, (_, index) => ({ task, index, passes: (task * 31 + index * 17) % 5 === 0 })),
    );
  const samples = rows.map(({ task, index }) => ({
    taskId: `task-${task}`,
    index,
    completion: completion(task, index),
    finishReason: 'stop',
    completionTokens: 90,
    parsed: true,
  }));
  const verdicts = rows.map(({ task, index, passes }) => ({
    taskId: `task-${task}`,
    index,
    verdict: passes ? 'pass' : 'fail',
    reason: passes ? 'ok' : 'assertion',
    tests: [0, 1, 2].map((at) => ({ index: at, hidden: false, outcome: passes ? 'ok' : 'assertion' })),
    isolation: 'bench',
  }));
  plainBytes += [...samples, ...verdicts].reduce((sum, row) => sum + JSON.stringify(row).length + 1, 0);
  shards.push({ samples: await putRows(store, samples), verdicts: await putRows(store, verdicts) });
  counts.samples += rows.length;
  counts.parsed += rows.length;
  counts.completionTokens += 90 * rows.length;
  counts.pass += rows.filter(({ passes }) => passes).length;
  counts.fail += rows.filter(({ passes }) => !passes).length;
}
const { onDisk: keptBytes } = await folderBytes(join(stateDir, 'store'));
say(`wrote ${counts.samples} samples and verdicts in ${seconds(writtenAtMs).toFixed(1)} s`);

const perSample = (bytes: number): string => `${(bytes / counts.samples).toFixed(0)} bytes`;
say(`disk a sample, verdict and tasks included: ${perSample(keptBytes)}; as plain JSON lines ${perSample(plainBytes)}`);

const base = { model: 'bench', digest: 'bench', tuned: false };
const configuration = await store.put(canonicalJson({ selection: { keep: 'passing' } }));
const common = {
  campaign,
  configuration,
  codeVersion: 'bench',
  promptVersion: 'bench',
  base,
  shots: problems,
  evaluations: [],
};
const circumstances = { previousManifest: null, durations: [], askedGroups: 0, recordedGroups: 0 };
const place = { workflowId: 'bench', runId: 'bench', host: 'bench', sealedAt: new Date().toISOString() };
const zero = Object.fromEntries(Object.keys(counts).map((name) => [name, 0]));
const first = await sealManifestAt(
  deps,
  { content: { ...common, kind: 'base', round: 0, shards: [], counts: zero, previous: null }, circumstances },
  { ...place, activityId: 'base' },
);
const sealedAtMs = performance.now();
await sealManifestAt(
  deps,
  {
    content: { ...common, kind: 'round', round: 1, problems, shards, counts, previous: first.content },
    circumstances: { ...circumstances, previousManifest: first.manifest },
  },
  { ...place, activityId: 'round-1' },
);
const sealSeconds = seconds(sealedAtMs);
say(`sealing: ${sealSeconds.toFixed(2)} s`);

let peakBytes = 0;
const watch = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage().rss);
}, 100);
global.gc?.();
const beforeBytes = process.memoryUsage().rss;
const verifiedAtMs = performance.now();
const checks = await verifyCampaign(stateDir, campaign);
const verifySeconds = seconds(verifiedAtMs);
clearInterval(watch);
const faults = checks.flatMap((check) => check.faults);
if (faults.length > 0) throw new Error(`the bench's own record does not verify: ${JSON.stringify(faults[0])}`);
const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
say(`audit verify: ${verifySeconds.toFixed(1)} s, memory ${mb(beforeBytes)} before, ${mb(peakBytes)} at most`);

const indexedAtMs = performance.now();
const tables = await openTables(stateDir, campaign);
say(`index made in ${seconds(indexedAtMs).toFixed(1)} s`);
const timed = async (sql: string): Promise<number> => {
  await tables.run(sql);
  const startedMs = performance.now();
  await tables.run(sql);
  return performance.now() - startedMs;
};
const pointMs = await timed(
  `SELECT * FROM samples JOIN verdicts USING (round, "set", "taskId", "index") WHERE "taskId" = 'task-${tasks - 1}' AND "index" = 3`,
);
const passMs = await timed(
  `WITH tallies AS (SELECT round, "taskId", count(*) n, count(*) FILTER (verdict = 'pass') c FROM verdicts WHERE verdict <> 'none' GROUP BY ALL)
   SELECT round, avg(c / n) AS pass1 FROM tallies GROUP BY round`,
);
tables.close();
say(`point query ${pointMs.toFixed(0)} ms; pass@1 by round over ${counts.samples} rows ${passMs.toFixed(0)} ms`);
say(`limit of audit verify (${limits.verifySeconds} s) ${(limits.verifySeconds / verifySeconds).toFixed(1)}x`);
say(`limit of a point query (${limits.pointMs} ms) ${(limits.pointMs / pointMs).toFixed(1)}x`);
say(`limit of pass@k (${limits.passAtKSeconds} s) ${((1000 * limits.passAtKSeconds) / passMs).toFixed(1)}x`);
