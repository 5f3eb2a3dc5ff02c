import { rm } from 'node:fs/promises';
import { type CampaignTables, openTables } from '../../../client/query/query.js';
import { sealedWorld } from '../../fakes/sealed-world.js';

describe('query', () => {
  let stateDir: string;
  let tables: CampaignTables;
  beforeAll(async () => {
    const sealed = await sealedWorld();
    stateDir = sealed.stateDir;
    tables = await openTables(stateDir, sealed.campaign);
  });
  afterAll(async () => {
    tables.close();
    await rm(stateDir, { recursive: true });
  });

  it('counts what the manifests counted, set by set', async () => {
    const { rows } = await tables.run(
      `SELECT r.round, r.pass, count(*) FILTER (v.verdict = 'pass') FROM rounds r JOIN verdicts v USING (round)
       WHERE r.kind = 'round' AND v."set" IN ('train', 'dev') GROUP BY ALL ORDER BY 1`,
    );
    expect(rows.length).toBe(2);
    for (const [, sealed, counted] of rows) expect(Number(counted)).toBe(Number(sealed));
  });

  it('joins samples with their verdicts, and knows the events', async () => {
    const { rows } = await tables.run(
      'SELECT count(*) FROM samples s JOIN verdicts v USING (round, "set", "taskId", "index") WHERE s.parsed = (v.reason <> \'unparsable\')',
    );
    const all = await tables.run('SELECT count(*) FROM samples');
    expect(rows).toEqual(all.rows);
    expect((await tables.run('SELECT "by" FROM events WHERE kind = \'paused\'')).rows).toEqual([['ada']]);
  });

  it.each([
    "COPY (SELECT 1) TO '/tmp/nextune-query-escape.csv'",
    "SELECT * FROM read_text('/etc/hostname')",
    'DELETE FROM samples',
    'SELEC 1',
  ])('refuses %s', async (sql) => {
    await expect(tables.run(sql)).rejects.toThrow();
  });
});
