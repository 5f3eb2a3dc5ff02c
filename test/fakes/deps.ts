import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Deps } from '../../activities/deps.js';
import type { Candidate, ModelClient, RequestLog, Tracer, Trainer, Verifier } from '../../activities/ports.js';
import { openAnchor } from '../../adapters/audit/anchor.js';
import { openEventLog } from '../../adapters/audit/event-log.js';
import { openSigner } from '../../adapters/audit/signer.js';
import { openFolderEvents } from '../../adapters/store/event-files.js';
import { openFolderKept } from '../../adapters/store/folder-kept.js';
import { openFolderLedger } from '../../adapters/store/folder-ledger.js';
import { openFolderRequests } from '../../adapters/store/folder-requests.js';
import { openFolderStore } from '../../adapters/store/folder-store.js';
import { openManifestLog } from '../../adapters/store/manifest-log.js';
import { openSpendBook } from '../../adapters/store/spend-book.js';
import type { Verdict } from '../../contract/verdict.js';
import { digestOf, digestOfValue } from '../../core/hash/digest.js';
import { traceOf } from './traces.js';

const withoutComments = (program: string): string => program.replace(/#.*$/gm, '').trim();

/** Judges by text alone: a program that is the reference but for comments passes. */
const verdictOf = ({ task, index, program }: Candidate): Verdict => {
  const passes = program !== undefined && withoutComments(program) === withoutComments(task.reference ?? '');
  const reason = program === undefined ? 'unparsable' : passes ? 'ok' : 'assertion';
  const verdict = passes ? 'pass' : 'fail';
  return { taskId: task.id, index, verdict, reason, tests: [], durationMs: Math.random(), isolation: 'fake' };
};

const fakeVerifier = (): Verifier => ({
  verify: (candidates) => Promise.resolve(candidates.map(verdictOf)),
  close: () => Promise.resolve(),
});

const fakeTracer = (): Tracer => ({
  trace: (tasks) => Promise.resolve(tasks.map((task) => traceOf(task))),
  close: () => Promise.resolve(),
});

/** An adapter whose bytes are a digest of what it was trained on. */
const fakeTrainer = (): Trainer => ({
  async train({ workDir, examplesPath, seed, config }) {
    const adapterDir = join(workDir, 'adapter');
    await mkdir(adapterDir, { recursive: true });
    const bytes = digestOfValue({ examples: digestOf(await readFile(examplesPath)), seed, config });
    await writeFile(join(adapterDir, 'adapter_model.safetensors'), bytes);
    return { adapterDir, steps: 3, trainTokens: 300, finalLoss: 0.5, seconds: 1, precision: 'fp32' };
  },
});

/** Dependencies that touch a folder and nothing else; `answering` is what answers, over the log of requests where it keeps one. */
export const fakeDeps = (
  answering: ModelClient | ((requests: RequestLog) => ModelClient),
  overrides: Partial<Deps> = {},
): Deps & { dir: string } => {
  const dir = mkdtempSync(join(tmpdir(), 'nextune-fake-'));
  const signer = openSigner(dir);
  const store = openFolderStore(join(dir, 'store'));
  const requests = openFolderRequests(join(dir, 'campaigns'));
  const client = typeof answering === 'function' ? answering(requests) : answering;
  return {
    dir,
    store,
    ledger: openFolderLedger(join(dir, 'ledger')),
    requests,
    spend: openSpendBook(join(dir, 'campaigns')),
    manifests: openManifestLog(join(dir, 'campaigns')),
    kept: openFolderKept(join(dir, 'campaigns')),
    events: openEventLog(openFolderEvents(join(dir, 'campaigns')), signer),
    signer,
    anchor: openAnchor(dir, signer),
    environment: async () => ({ packageLock: await store.put('{}'), pythonLocks: await store.put('{}') }),
    normaliser: { normalise: (programs) => Promise.resolve(programs.map((text) => digestOf(withoutComments(text)))) },
    verifier: () => Promise.resolve(fakeVerifier()),
    tracer: () => Promise.resolve(fakeTracer()),
    trainer: () => fakeTrainer(),
    model: () => ({
      client,
      host: {
        base: () => Promise.resolve({ model: 'fake', digest: 'sha-base' }),
        deploy: ({ tree }) => Promise.resolve({ model: `tuned-${tree.slice(7, 15)}`, digest: tree }),
      },
    }),
    scratchDir: join(dir, 'scratch'),
    codeVersion: 'test',
    log: pino({ level: 'silent' }),
    ...overrides,
  };
};
