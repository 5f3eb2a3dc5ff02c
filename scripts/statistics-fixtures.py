"""Writes test/core/statistics/data/peers.json: what EvalPlus and SciPy compute, for our tests to agree with.

Run it where both are installed, in an environment of its own:
    python3 -m venv peers && peers/bin/pip install scipy==1.16.3 evalplus==0.3.1
    peers/bin/python scripts/statistics-fixtures.py
"""

import json
import random
from pathlib import Path

import numpy
from evalplus.eval import estimate_pass_at_k
from scipy import stats

random.seed(8)


def pass_at_k_case() -> list[float]:
    n = random.choice([1, 4, 8, 25, 32, 100, 200])
    c = random.randint(0, n)
    k = random.randint(1, n)
    return [n, c, k, float(estimate_pass_at_k([n], [c], k)[0])]


def draws_of(problems: int, samples: int) -> list[int]:
    rate = random.choice([0.05, 0.1, 0.3, 0.5, 0.9])
    return [
        int(numpy.sum([random.random() < q for _ in range(samples)]))
        for q in (random.betavariate(2 * rate, 2 - 2 * rate) for _ in range(problems))
    ]


def interval_case() -> dict:
    samples = random.choice([1, 4, 8, 25])
    passes = draws_of(random.choice([5, 20, 60, 100, 150]), samples)
    if len(set(passes)) == 1:
        return interval_case()
    means = numpy.array(passes) / samples
    error = stats.sem(means)
    low, high = stats.t.interval(0.95, len(means) - 1, loc=means.mean(), scale=error)
    return {
        "samples": samples,
        "passes": passes,
        "t": [float(low), float(high)],
        "wilson": wilson(means.mean(), error, len(means)),
    }


def wilson(mean: float, error: float, problems: int) -> list[float]:
    """The two roots in p of (mean - p)² = t² p (1 - p) / n, with n the effective sample size: found by SciPy's solver."""
    from scipy.optimize import brentq

    t = stats.t.ppf(0.975, problems - 1)
    effective = mean * (1 - mean) / error**2

    def gap(p: float) -> float:
        return (mean - p) ** 2 - t**2 * p * (1 - p) / effective

    return [brentq(gap, 0, mean, xtol=1e-14), brentq(gap, mean, 1, xtol=1e-14)]


def main() -> None:
    peers = {
        "passAtK": [pass_at_k_case() for _ in range(1000)],
        "intervals": [interval_case() for _ in range(60)],
        "mcNemar": [
            [a, b, float(stats.binomtest(min(a, b), a + b, 0.5).pvalue)]
            for a, b in ((random.randint(0, 30), random.randint(0, 30)) for _ in range(50))
            if a + b > 0
        ],
        "signFlip": [sign_flip_case() for _ in range(10)],
    }
    path = Path(__file__).parent.parent / "test/core/statistics/data/peers.json"
    lines = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]"
        for name, cases in peers.items()
    )
    path.write_text("{\n" + lines + "\n}\n")


def sign_flip_case() -> dict:
    differences = [random.randint(-8, 10) / 8 for _ in range(random.randint(3, 10))]
    result = stats.permutation_test(
        (numpy.array(differences),), numpy.mean, permutation_type="samples", n_resamples=numpy.inf
    )
    return {"differences": differences, "pValue": float(result.pvalue)}


if __name__ == "__main__":
    main()
