"""Small random games among friends, and the brute force that their plans are measured against."""

import itertools
from typing import Any

import numpy as np

import marec_env
from marec_env import nested
from marec_env.streams import Streams

SIZES = [  # N, K, T: from 16 to 729 plans
    (2, 1, 2),
    (2, 2, 2),
    (3, 1, 2),
    (2, 1, 3),
    (3, 1, 3),
    (2, 3, 2),
    (3, 2, 2),
    (2, 2, 3),
]
STRENGTHS: dict[str, Any] = {
    "lam": [0.0, 0.1, 0.5],
    "alpha": [0.0, 0.1, 2.0],
    "conformity": [0.0, 0.3, 0.9],
    "iota": [0.0, 0.2, 0.6, 1.5],
    "word_of_mouth": [0.0, 0.4, 1.0],
}


def random_circle_game(seed: int) -> Any:
    """The truth of an episode; mechanisms are strong, as usual or off, graphs of any shape."""
    rng = np.random.default_rng(seed)
    num_agents, slate_size, horizon = SIZES[seed % len(SIZES)]
    strengths: dict[str, Any] = {
        name: float(rng.choice(values)) for name, values in STRENGTHS.items()
    }
    vec = marec_env.make_vec(
        "social-v0",
        num_agents=num_agents,
        pool_size=slate_size + int(rng.integers(3)),
        slate_size=slate_size,
        horizon=horizon,
        graph="erdos-renyi",
        degree=1,
        graph_seed=seed % 20,
        **strengths,
    )
    return vec.reset(seed).truth


def best_welfare(truth: Any) -> float:
    """Of all that can happen, step by step."""
    scenario, state, streams = truth
    num_choices, welfare = scenario.slate_size + 1, np.zeros(1)
    joint = np.array(list(itertools.product(range(num_choices), repeat=scenario.num_agents)))
    for _ in range(scenario.horizon):
        actions = np.tile(joint, (len(welfare), 1))
        state, welfare = nested.repeat(state, len(joint)), np.repeat(welfare, len(joint))
        streams = Streams(*(np.repeat(part, len(joint)) for part in streams))
        state, outcome = scenario.step(state, actions, streams.at(state.step + 1))
        welfare += outcome.payoff.sum(axis=1)
    return float(welfare.max())
