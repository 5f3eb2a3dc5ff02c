import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourcePath } from '../../../adapters/paths.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

/** The command starts once its reader has gone, so that it is sure to write to nobody. */
const toNobody =
  '{ while [ ! -e gone ]; do sleep 0.05; done; "$@"; } 2> said | { exec <&-; touch gone; }; exit "$PIPESTATUS"';
const toSomebody = '"$@" 2> said | cat > read; exit "$PIPESTATUS"';
const errorsToNobody =
  '{ while [ ! -e gone ]; do sleep 0.05; done; "$@"; } 2>&1 > read | { exec <&-; touch gone; }; exit "$PIPESTATUS"';

describe('a command whose output is a pipe', () => {
  let state: string;
  let dir: string;
  beforeAll(async () => {
    state = (await sealedWorld()).stateDir;
  }, 300_000);
  afterAll(() => rmSync(state, { recursive: true }));
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'nextune-pipe-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = (shell: string, args: string[]): number | null => {
    const command = [process.execPath, resourcePath('bin', 'nextune.mjs'), ...args, '--state-dir', state];
    return spawnSync('bash', ['-c', shell, 'bash', ...command], { cwd: dir }).status;
  };
  const said = (): string => readFileSync(join(dir, 'said'), 'utf8');

  it.each([
    ['audit show', ['audit', 'show', 'fake-1', '1']],
    ['audit verify', ['audit', 'verify']],
    ['query', ['query', 'select * from samples', '--json']],
  ])(
    '%s ends as other tools do once nobody reads, and without a word',
    (_, args) => {
      expect({ status: run(toNobody, args), said: said() }).toEqual({ status: 141, said: '' });
    },
    300_000,
  );

  it('ends so where nobody reads its errors', () => {
    expect(run(errorsToNobody, ['audit', 'show', 'no-such-campaign'])).toBe(141);
  }, 300_000);

  it('ends with its own status where somebody reads', () => {
    expect({ status: run(toSomebody, ['audit', 'show']), said: said() }).toEqual({ status: 0, said: '' });
    expect(readFileSync(join(dir, 'read'), 'utf8')).toContain('round 1 sealed');
  }, 300_000);
});
