"""Small random games, and the brute force that reference solutions are measured against."""

import itertools

import numpy as np

from marec_env.models.stage import Rationing, Stage, welfare


def random_stage(
    seed: int,
    *,
    num_agents: int | None = None,
    num_candidates: int | None = None,
    num_slots: int | None = None,
    beta: float = 0.0,
    rationing: Rationing = "random",
    num_steps_left: int = 1,
) -> Stage:
    """A stage with some illegal candidates, scarce stock and some worthless items."""
    rng = np.random.default_rng(seed)
    num_agents = num_agents or int(rng.integers(1, 5))
    num_slots = num_slots or int(rng.integers(2, 5))
    num_candidates = num_candidates or int(rng.integers(1, min(num_slots, 3) + 1))
    shape = (num_agents, num_candidates)
    stock = rng.integers(0, 2 + num_agents * num_steps_left // 2, num_slots)
    slot = np.argsort(rng.random((num_agents, num_slots)), axis=1)[:, :num_candidates]
    return Stage(
        value=rng.random(shape) * (rng.random(shape) < 0.9),
        similarity=rng.random(shape),
        slot=slot,
        legal=(rng.random(shape) < 0.9) & (stock[slot] > 0),
        stock=stock,
        load=rng.integers(0, num_agents + 1, num_slots),
        beta=beta,
        rationing=rationing,
    )


def game(value, stock=None, beta: float = 0.0, similarity=None) -> Stage:
    """Everybody may pick every item of `value` [N, M]; affinity rationing if `similarity` is given."""
    values = np.asarray(value, np.float64)
    num_agents, num_slots = values.shape
    return Stage(
        value=values,
        similarity=values if similarity is None else np.asarray(similarity, np.float64),
        slot=np.tile(np.arange(num_slots), (num_agents, 1)),
        legal=np.ones(values.shape, bool),
        stock=np.full(num_slots, num_agents) if stock is None else np.asarray(stock),
        load=np.zeros(num_slots, np.int64),
        beta=beta,
        rationing="random" if similarity is None else "affinity",
    )


def joint_choices(stage: Stage) -> np.ndarray:
    """Every legal joint choice, [J, N] int64."""
    skip = stage.num_candidates
    options = [[*np.flatnonzero(legal).tolist(), skip] for legal in stage.legal]
    return np.array(list(itertools.product(*options)))


def best_welfare(stage: Stage) -> float:
    """By looking at every joint choice."""
    return float(welfare(stage, joint_choices(stage)).max())
