import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createDeps } from '../../adapters/deps.js';
import { failureTypes } from '../../contract/failures.js';

const variable = 'NEXTUNE_TEST_ENDPOINT_KEY';
const config = {
  kind: 'openai' as const,
  baseUrl: 'http://127.0.0.1:1/v1',
  name: 'm',
  version: '1',
  apiKeyEnv: variable,
  concurrency: 1,
  timeoutMs: 1000,
};

describe("a worker's dependencies", () => {
  it('ask no endpoint without the key that it needs, and ask it once the key is there', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'nextune-deps-'));
    const place = { stateDir, engineUrl: undefined, s3: undefined };
    const { deps, close } = await createDeps(place, pino({ level: 'silent' }));
    try {
      expect(() => deps.model(config)).toThrow(
        expect.objectContaining({ kind: 'modelKeyMissing', message: expect.stringContaining(variable) }),
      );
      // No key is no end of a campaign: an `up` with it mends that.
      expect(failureTypes.modelKeyMissing.retryable).toBe(true);
      process.env[variable] = 'secret';
      expect(deps.model(config).client.concurrency).toBe(1);
    } finally {
      delete process.env[variable];
      await close();
      rmSync(stateDir, { recursive: true });
    }
  });
});
