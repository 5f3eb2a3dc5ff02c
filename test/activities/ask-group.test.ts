import { rm } from 'node:fs/promises';
import { type Asking, answersOf } from '../../activities/ask-group.js';
import type { ModelAnswer, ModelClient } from '../../activities/ports.js';
import type { AskedModel } from '../../activities/served-model.js';
import type { Digest } from '../../contract/digest.js';
import { NextuneFailure } from '../../contract/failures.js';
import { digestOfValue } from '../../core/hash/digest.js';
import { fakeDeps } from '../fakes/deps.js';
import { groupRequest } from '../fakes/group.js';

const group = groupRequest({ firstIndex: 4, count: 3 });
const said = (text: string) => ({ text, finishReason: 'stop' as const, completionTokens: 1 });
const filtered = { refused: 'content_filter' };
const answer = (...choices: ModelAnswer['choices']): ModelAnswer => ({ choices, promptTokens: 7 });

describe('answersOf', () => {
  const dirs: string[] = [];
  /** Answers by what is asked (`first index+count`), in order; repeats the last. */
  const asking = (script: Record<string, (ModelAnswer | Error)[]>) => {
    const asked: string[] = [];
    const seeds: number[] = [];
    const client: ModelClient = {
      concurrency: 4,
      complete: async ({ group: { firstIndex, count }, seed }, work) => {
        if (work?.key) await deps.requests.sent('c', work.key);
        const name = `${firstIndex}+${count}`;
        const turn = asked.filter((before) => before === name).length;
        asked.push(name);
        seeds.push(seed);
        const next = script[name]?.[turn] ?? script[name]?.at(-1) ?? new Error(`unexpected request ${name}`);
        if (next instanceof Error) throw next;
        return next;
      },
    };
    const deps = fakeDeps(client);
    dirs.push(deps.dir);
    const setting: Asking = {
      deps,
      client,
      model: { model: 'm', digest: 'm' },
      campaign: 'c',
      since: 0,
      signal: new AbortController().signal,
    };
    return { asked, seeds, setting, counts: () => deps.requests.count('c') };
  };
  const texts = async (setting: Asking): Promise<string[]> =>
    (await answersOf(setting, group)).record.completions.map(({ text }) => text);
  afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));

  it('asks a group once, and then the ledger', async () => {
    const { asked, setting, counts } = asking({ '4+3': [answer(said('a'), said('b'), said('c'))] });
    expect(await answersOf(setting, group)).toMatchObject({ asked: true });
    expect(await answersOf(setting, group)).toMatchObject({ asked: false, record: { promptTokens: 7 } });
    expect(asked).toEqual(['4+3']);
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: 0 });
  });

  it.each([
    ['the base', { model: 'm', digest: 'base' }],
    ['a tuned model', { model: 'm', digest: digestOfValue({ base: 'base', tree: 'tree' }), adapter: 'tree' as Digest }],
  ])('records no answer of another base under the name of %s', async (_, model) => {
    const whole = answer(said('a'), said('b'), said('c'));
    const { setting, counts } = asking({
      '4+3': [
        { ...whole, baseDigest: 'another' },
        { ...whole, baseDigest: 'base' },
      ],
    });
    await expect(answersOf({ ...setting, model }, group)).rejects.toMatchObject({ kind: 'modelUnavailable' });
    expect(await setting.deps.ledger.read(group)).toBeUndefined();
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: 0 });
    await answersOf({ ...setting, model }, group);
    expect(await setting.deps.spend.total('c')).toMatchObject({ requests: 1 });
  });

  it('records no answer of other files under an adapter’s name, and asks for the adapter to be placed anew', async () => {
    const whole = answer(said('a'), said('b'), said('c'));
    const { setting, counts } = asking({ '4+3': [{ ...whole, adapterDigest: 'another' }] });
    const model = { model: 'm', digest: 'd', adapter: 'tree' };
    await expect(answersOf({ ...setting, model: model as AskedModel }, group)).rejects.toMatchObject({
      kind: 'modelUnknown',
    });
    expect(await setting.deps.ledger.read(group)).toBeUndefined();
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: 0 });
  });

  it('asks a refused choice alone, with a seed of its own, and keeps those that came with it', async () => {
    const { asked, seeds, setting } = asking({
      '4+3': [answer(said('a'), filtered, said('c'))],
      '5+1': [answer(said('alone'))],
    });
    expect(await texts(setting)).toEqual(['a', 'alone', 'c']);
    expect(asked).toEqual(['4+3', '5+1']);
    expect(new Set(seeds).size).toBe(2);
  });

  it('draws a choice that is refused alone too with other seeds', async () => {
    const { seeds, setting } = asking({
      '4+3': [answer(said('a'), filtered, said('c'))],
      '5+1': [answer(filtered), answer(filtered), answer(said('third'))],
    });
    expect(await texts(setting)).toEqual(['a', 'third', 'c']);
    expect(new Set(seeds).size).toBe(4);
  });

  it('counts what each refused draw took, however often it is asked for, and what was recorded once', async () => {
    const { setting } = asking({
      '4+3': [answer(said('a'), filtered, said('c'))],
      '5+1': [answer(filtered), answer(filtered), answer(filtered), answer(filtered), answer(said('fifth'))],
    });
    await expect(answersOf(setting, group)).rejects.toMatchObject({ kind: 'modelFiltered' });
    await answersOf(setting, group);
    await answersOf(setting, group);
    expect(await setting.deps.spend.total('c')).toEqual({ requests: 6, promptTokens: 42, completionTokens: 3 });
  });

  it('fails on a choice that is always refused, stores nothing for it, and pays only for it again', async () => {
    const { asked, setting } = asking({
      '4+3': [answer(said('a'), filtered, said('c'))],
      '5+1': [answer(filtered), answer(filtered), answer(filtered), answer(said('at last'))],
    });
    await expect(answersOf(setting, group)).rejects.toMatchObject({ kind: 'modelFiltered' });
    expect(await setting.deps.ledger.read(group)).toBeUndefined();
    expect(await texts(setting)).toEqual(['a', 'at last', 'c']);
    expect(asked).toEqual(['4+3', '5+1', '5+1', '5+1', '5+1']);
  });

  it('completes an endpoint that gives one choice whatever n says, paying for none twice', async () => {
    const { asked, setting } = asking({
      '4+3': [answer(said('a'), { refused: 'missing' }, { refused: 'missing' })],
      '5+1': [answer(said('b'))],
      '6+1': [answer(said('c'))],
    });
    expect(await texts(setting)).toEqual(['a', 'b', 'c']);
    // Siblings are asked side by side, in no order of their own.
    expect([...asked].sort()).toEqual(['4+3', '5+1', '6+1']);
  });

  it.each([
    ['modelRateLimited', 0],
    ['modelUnavailable', 0],
    ['modelRefused', 0],
    ['modelUnknown', 0],
    ['modelSilent', 1],
    ['modelProtocol', 1],
  ] as const)('after %s, %d requests may have been paid, and asking again counts them', async (kind, unsettled) => {
    const whole = answer(said('a'), said('b'), said('c'));
    const { setting, counts } = asking({ '4+3': [new NextuneFailure(kind, 'trouble'), whole] });
    await expect(answersOf(setting, group)).rejects.toMatchObject({ kind });
    expect(await setting.deps.ledger.read(group)).toBeUndefined();
    expect(await counts()).toEqual({ unsettled, askedAgain: 0 });
    await answersOf(setting, group);
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: unsettled });
  });

  it('counts none whose worker died once the answer was recorded', async () => {
    const { setting, counts } = asking({ '4+3': [answer(said('a'), said('b'), said('c'))] });
    const { record } = await answersOf(setting, group);
    await setting.deps.requests.sent('c', record.key);
    await answersOf(setting, group);
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: 0 });
  });

  it('counts a request whose worker died before the answer', async () => {
    const { setting, counts } = asking({ '4+3': [answer(said('a'), said('b'), said('c'))] });
    await setting.deps.requests.sent('c', setting.deps.ledger.keyOf(group));
    expect(await counts()).toEqual({ unsettled: 1, askedAgain: 0 });
    await answersOf(setting, group);
    expect(await counts()).toEqual({ unsettled: 0, askedAgain: 1 });
  });

  describe('asked for twice at a time', () => {
    const whole = answer(said('a'), said('b'), said('c'));

    it('asks once: the second finds what the first recorded', async () => {
      const { asked, setting } = asking({ '4+3': [whole] });
      const [first, second] = await Promise.all([
        answersOf(setting, group),
        answersOf({ ...setting, campaign: 'another' }, { ...group }),
      ]);
      expect(asked).toEqual(['4+3']);
      expect([first.asked, second.asked]).toEqual([true, false]);
      expect(second.record).toEqual(first.record);
    });

    it('asks again where the first got no answer, one after the other', async () => {
      const lost = new NextuneFailure('modelUnavailable', 'gone');
      const { asked, setting } = asking({ '4+3': [lost, lost, whole] });
      const ends = await Promise.allSettled([1, 2, 3, 4].map(() => answersOf(setting, group)));
      expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
      expect(asked).toEqual(['4+3', '4+3', '4+3']);
    });

    it('stops waiting when it is stopped, and leaves the first alone', async () => {
      const { asked, setting } = asking({ '4+3': [whole] });
      const stop = new AbortController();
      const first = answersOf(setting, group);
      const second = answersOf({ ...setting, signal: stop.signal }, group);
      stop.abort(new Error('stopped'));
      await expect(second).rejects.toThrow('stopped');
      await expect(first).resolves.toMatchObject({ asked: true });
      expect(asked).toEqual(['4+3']);
    });
  });
});
