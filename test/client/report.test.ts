import { rm } from 'node:fs/promises';
import { findCampaign } from '../../client/campaign-folder.js';
import { collectReport } from '../../client/report.js';
import { renderReport } from '../../report/page.js';
import { type Answer, fixed, lucky, rambling, startSealedCampaign, wrong } from '../fakes/sealed-campaign.js';

/** Solves the first `tasks` tasks with every second sample; each fifth task is answered without a program. */
const solving =
  (tasks: number): Answer =>
  (task, index) => {
    const at = Number(/\d+/.exec(task.problemId)?.[0]);
    if (at % 5 === 4) return rambling();
    return at < tasks && index % 2 === 0 ? fixed(task) : wrong(task);
  };

type Sealed = Awaited<ReturnType<typeof startSealedCampaign>>;

const reportOf = async ({ stateDir, campaign }: Sealed) =>
  await collectReport(stateDir, await findCampaign(stateDir, campaign));

describe('a whole campaign', () => {
  let sealed: Sealed;
  beforeAll(async () => {
    sealed = await startSealedCampaign();
    await sealed.sealBase(solving(2));
    await sealed.sealRound(1, solving(2), solving(4));
    await sealed.sealRound(2, solving(4), solving(8));
    await sealed.sealEnd(2, 2, { base: solving(2), best: solving(8) });
  });
  afterAll(() => rm(sealed.stateDir, { recursive: true }));

  it('is collected with each model under its round, on dev, without a trace, and on test', async () => {
    const data = await reportOf(sealed);
    expect(data.dev.map(({ round, model }) => [round, model])).toEqual([
      [0, 'fake'],
      [1, 'tuned-1'],
      [2, 'tuned-2'],
    ]);
    expect(data.withoutTrace.map(({ round }) => round)).toEqual([0, 2]);
    expect(data.test.map(({ round }) => round)).toEqual([0, 2]);
  });

  it("counts a round's training samples by what became of them", async () => {
    const { rounds } = await reportOf(sealed);
    expect(rounds[1]).toMatchObject({
      round: 2,
      drawn: 96,
      passed: 16,
      none: 0,
      reasons: { ok: 16, assertion: 64, unparsable: 16 },
    });
  });

  it("checks every drawn rationale's claims of values", async () => {
    const [first, second] = (await reportOf(sealed)).rounds.map(({ faithfulness }) => faithfulness);
    expect(first?.rationales).toBe(96);
    expect(second?.rationales).toBe(96);
    const { supported = 0, contradicted = 0, unchecked = 0 } = second?.byRationale ?? {};
    expect(supported + contradicted + unchecked).toBe(96);
  });

  it('shows held-out answers of the best model, solved and failed, one of a problem', async () => {
    const { gallery } = await reportOf(sealed);
    expect(gallery).toMatchObject({ round: 2, tasks: 24, tasksSolved: 14 });
    const problems = gallery?.solved.map(({ task }) => task.problemId) ?? [];
    expect(new Set(problems).size).toBe(6);
    expect(gallery?.solved.every(({ verdict }) => verdict.verdict === 'pass')).toBe(true);
    expect(gallery?.failed.map(({ verdict }) => verdict.reason)).toEqual([
      'assertion',
      'unparsable',
      'assertion',
      'unparsable',
    ]);
    expect(gallery?.solved[2]?.baseTally).toMatchObject({ n: 4, passes: 0 });
  });

  it('gives the same page each time', async () => {
    expect(renderReport(await reportOf(sealed))).toBe(renderReport(await reportOf(sealed)));
  });
});

it('reports a campaign of which only the base is sealed', async () => {
  const sealed = await startSealedCampaign();
  await sealed.sealBase(solving(0));
  const page = renderReport(await reportOf(sealed));
  expect(page).toContain('The campaign has not ended');
  expect(page).toContain('No held-out bug was repaired by this model.');
  expect(page).not.toContain('id="training"');
  await rm(sealed.stateDir, { recursive: true });
});

it('reports a round that ended without a model, and says why', async () => {
  const sealed = await startSealedCampaign();
  await sealed.sealBase(solving(1));
  await sealed.sealRound(1, solving(0));
  await sealed.sealEnd(1, 0);
  const page = renderReport(await reportOf(sealed));
  expect(page).toContain('round 1 kept 0 training samples');
  expect(page).toContain('the base stays the best model');
  await rm(sealed.stateDir, { recursive: true });
});

it('names the tasks whose verdicts flipped, and says nothing of it where none did', async () => {
  const sealed = await startSealedCampaign();
  await sealed.sealBase(solving(1));
  const [first] = sealed.tasks.map(({ id }) => id);
  await sealed.sealRound(1, (task, index) => (task.id === first ? lucky(task) : solving(1)(task, index)), solving(1));
  expect(renderReport(await reportOf(sealed))).toMatch(
    new RegExp(`round 1, train</th><td>1</td><td class="text">${first} \\(8\\)</td>`),
  );
  await rm(sealed.stateDir, { recursive: true });
  const steady = await startSealedCampaign();
  await steady.sealBase(solving(1));
  expect(renderReport(await reportOf(steady))).not.toContain('passed once and not again');
  await rm(steady.stateDir, { recursive: true });
});

it('refuses a campaign that has sealed nothing, and says what to ask instead', async () => {
  const sealed = await startSealedCampaign();
  await expect(reportOf(sealed)).rejects.toThrow('has sealed nothing yet');
  await rm(sealed.stateDir, { recursive: true });
});
