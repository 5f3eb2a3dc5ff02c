// `npm run bench:coverage [-- --repeats N]`: how often a 95 % interval of pass@1 holds the true value, by simulation.
// Its table is in docs/decisions/statistics.md. The limits are those of the acceptance: 93 to 97 %.
import { parseArgs } from 'node:util';
import { seededRandom } from '../dist/core/random.js';
import { estimateShare, studentInterval } from '../dist/core/statistics/interval.js';

const { values } = parseArgs({ options: { repeats: { type: 'string', default: '1000' } } });
const repeats = Number(values.repeats);
const random = seededRandom('bench');
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

// Marsaglia and Tsang, 2000.
const gamma = (shape) => {
  if (shape < 1) return gamma(shape + 1) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
};
const beta = (a, b) => {
  const x = gamma(a);
  return x / (x + gamma(b));
};
const share = (p, spread, samples) => {
  const rate = spread === 0 ? (random() < p ? 1 : 0) : beta(p * spread, (1 - p) * spread);
  let passes = 0;
  for (let at = 0; at < samples; at++) if (random() < rate) passes++;
  return passes / samples;
};
const populations = [
  [0, 1],
  [0.5, 8],
  [2, 8],
  [10, 25],
];
const worst = { ours: [1, 0], t: [1, 0] };
for (const problems of [10, 20, 30, 60, 100, 200]) {
  const cells = [];
  for (const p of [0.02, 0.05, 0.1, 0.3, 0.5, 0.9]) {
    for (const [spread, samples] of populations) {
      const held = { ours: 0, t: 0 };
      for (let at = 0; at < repeats; at++) {
        const means = Array.from({ length: problems }, () => share(p, spread, samples));
        const ours = estimateShare(means.map((value, cluster) => ({ cluster: `${cluster}`, value })));
        const t = studentInterval(means);
        if (ours.low <= p && p <= ours.high) held.ours++;
        if (t.low <= p && p <= t.high) held.t++;
      }
      cells.push({ p, ours: held.ours / repeats });
      if (problems < 100 || p < 0.1) continue;
      for (const name of ['ours', 't']) {
        const covered = held[name] / repeats;
        worst[name] = [Math.min(worst[name][0], covered), Math.max(worst[name][1], covered)];
      }
    }
  }
  const range = (wanted) => {
    const covered = cells.filter(({ p }) => wanted(p)).map(({ ours }) => 100 * ours);
    return `${Math.min(...covered).toFixed(1)} to ${Math.max(...covered).toFixed(1)} %`;
  };
  console.log(`${problems} problems: ${range((p) => p >= 0.1)}, rates .02 and .05: ${range((p) => p < 0.1)}`);
}
for (const [name, [low, high]] of Object.entries(worst)) {
  console.log(
    `${name === 'ours' ? 'ours' : 't-interval'} ${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} % from 100 problems on`,
  );
}
