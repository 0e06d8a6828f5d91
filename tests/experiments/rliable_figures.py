"""Writes what rliable says of fixed scores to rliable_figures.json, which the tests compare with.

    make rliable

It runs in an environment of its own: rliable fails with pandas 3. Its resamples come
from NumPy's global state, whatever `random_state` it is given; here it is handed the draws that
experiments.statistics makes, so that intervals agree as exactly as the statistics do.
"""

import importlib.metadata
import itertools
import json
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

SHAPES = {"one task": (7, 1), "few runs": (3, 4), "many": (10, 6)}  # [R, M]
EVALUATIONS = 5
OTHER_RUNS = 8  # of who is compared with
RESAMPLES = 500
TAUS = np.linspace(-0.2, 1.2, 15)
FILE = Path(__file__).with_suffix(".json")


def scores(shape: tuple[int, ...]) -> np.ndarray:
    """Fixed scores, rounded so that some are equal."""
    return np.random.default_rng(sum(shape)).normal(0.5, 0.4, shape).round(1)


def samples(name: str) -> dict[str, tuple[np.ndarray, ...]]:
    """What each figure is computed of."""
    runs, tasks = SHAPES[name]
    one = (scores((runs, tasks)),)
    return {
        **dict.fromkeys(("mean", "median", "iqm", "optimality_gap", "performance_profile"), one),
        "probability_of_improvement": (*one, scores((OTHER_RUNS, tasks))),
        "sample_efficiency": (scores((runs, tasks, EVALUATIONS)),),
    }


def main() -> None:
    """Asks rliable."""
    from rliable import library, metrics  # pyright: ignore[reportMissingImports]  # lives elsewhere

    statistics: dict[str, Any] = {
        "mean": metrics.aggregate_mean,
        "median": metrics.aggregate_median,
        "iqm": metrics.aggregate_iqm,
        "optimality_gap": metrics.aggregate_optimality_gap,
        "performance_profile": lambda x: library.score_distributions(x, TAUS),
        "probability_of_improvement": metrics.probability_of_improvement,
        "sample_efficiency": lambda x: np.array(
            [metrics.aggregate_iqm(x[..., e]) for e in range(EVALUATIONS)]
        ),
    }
    found: dict[str, Any] = {}
    for name in SHAPES:
        for figure, sample in samples(name).items():
            streams = itertools.cycle(np.random.default_rng(0).spawn(len(sample)))

            def choice(runs: int, shape: tuple[int, ...], replace: bool, turn=streams):
                drawn = next(turn).integers(runs, size=shape[:2])
                return np.broadcast_to(drawn.reshape(*shape[:2], *[1] * len(shape[2:])), shape)

            with mock.patch("numpy.random.choice", choice):
                value, interval = library.get_interval_estimates(
                    {"x": sample[0] if len(sample) == 1 else list(sample)},
                    lambda *x, of=statistics[figure]: np.atleast_1d(of(*x)),
                    reps=RESAMPLES,
                )
            low, high = interval["x"]
            found.setdefault(name, {})[figure] = {
                "value": value["x"].tolist(),
                "low": low.tolist(),
                "high": high.tolist(),
            }
    version = importlib.metadata.version("rliable")
    FILE.write_text(json.dumps({"rliable": version, "figures": found}, indent=1) + "\n")
    print(f"rliable {version}: written to {FILE.name}")


if __name__ == "__main__":
    main()
