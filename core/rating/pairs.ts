import { seededRandom, shuffled } from '../random.js';

/** One model's rationale for a task. */
export interface RatedText {
  taskId: string;
  index: number;
  text: string;
}

/** A pair shown blind; `aFirst` is drawn by seed and not shown. */
export interface BlindPair {
  pair: string;
  taskId: string;
  a: RatedText;
  b: RatedText;
  aFirst: boolean;
}

/** One pair a task, of rationales drawn by seed among those that say something, in an order drawn by seed. */
export const blindPairs = (a: readonly RatedText[], b: readonly RatedText[], seed: string): BlindPair[] => {
  const drawn = (texts: readonly RatedText[], side: string): Map<string, RatedText> =>
    new Map(
      shuffled(
        texts.filter(({ text }) => text !== ''),
        `${seed}/${side}`,
      ).map((one) => [one.taskId, one]),
    );
  const [ofA, ofB] = [drawn(a, 'a'), drawn(b, 'b')];
  const random = seededRandom(`${seed}/sides`);
  const pairs = [...ofA.keys()].sort().flatMap((taskId): BlindPair[] => {
    const [one, other] = [ofA.get(taskId), ofB.get(taskId)];
    if (!one || !other) return [];
    return [{ pair: `${taskId}/${one.index}/${other.index}`, taskId, a: one, b: other, aFirst: random() < 0.5 }];
  });
  return shuffled(pairs, `${seed}/order`);
};
