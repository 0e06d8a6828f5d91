"""Play: a fixed policy that batches cannot tell apart, and all that is seen while it plays.

As a program it prints a digest of everything seen, for tests that compare processes.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

import marec_env
from marec_env import Catalogue, Timestep, VectorEnv
from marec_env.nested import flatten

SMALL = Catalogue.synthetic(seed=1, num_users=40, num_items=30, embedding_size=4)
SIZES: dict[str, Any] = {
    "catalogue": SMALL,
    "num_agents": 5,
    "pool_size": 12,
    "slate_size": 4,
    "horizon": 5,
}
Policy = Callable[[np.ndarray, int, int], np.ndarray]  # of mask [B, N, A], seed, t: [B, N] int64


def any_action(mask: np.ndarray, seed: int, t: int) -> np.ndarray:
    """Uniform over legal actions; the row of copy b follows from seed + b and t alone."""
    rows = []
    for b, row in enumerate(mask):
        score = np.random.default_rng([seed + b, t]).random(row.shape)
        rows.append(np.where(row, score, -1).argmax(-1))
    return np.stack(rows)


def first_item(mask: np.ndarray, seed: int, t: int) -> np.ndarray:
    """The first legal action: the most similar item that is left."""
    return mask.argmax(-1)


def skip(mask: np.ndarray, seed: int, t: int) -> np.ndarray:
    """Nobody picks anything."""
    return np.full(mask.shape[:2], mask.shape[2] - 1)


def play(vec: VectorEnv, seed: int, num_steps: int, policy: Policy = any_action) -> list[Timestep]:
    """`num_steps` steps after a reset with `seed`."""
    timesteps = [vec.reset(seed)]
    return timesteps + go_on(vec, timesteps[0], seed, range(num_steps), policy)


def go_on(
    vec: VectorEnv, now: Timestep, seed: int, steps: range, policy: Policy = any_action
) -> list[Timestep]:
    """The `steps` that follow on `now`."""
    timesteps = []
    for t in steps:
        now = vec.step(policy(now.action_mask, seed, t))
        timesteps.append(now)
    return timesteps


def seen(timestep: Timestep) -> dict[str, np.ndarray]:
    """Every array of a time step by name, the hidden state included."""
    found = {
        name: value
        for name, value in timestep._asdict().items()
        if name not in ("truth", "info") and value is not None
    }
    found |= {f"info {name}": value for name, value in timestep.info.items()}
    return found | dict(flatten(timestep.truth.state, "state"))


def assert_same(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> None:
    """Bit for bit; where episodes of other copies ended, the own metrics are NaN or absent."""
    for name in ours.keys() | theirs.keys():
        if name.startswith("info episode/") and not (name in ours and name in theirs):
            assert np.isnan(ours.get(name, theirs.get(name))).all()
            continue
        assert ours[name].dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


def row(found: dict[str, np.ndarray], b: int) -> dict[str, np.ndarray]:
    """Copy `b` of what `seen` gave."""
    return {name: value[b : b + 1] for name, value in found.items()}


def digest(name: str, **constants: Any) -> str:
    """Of three episodes through both faces."""
    content = hashlib.sha256()
    vec = marec_env.make_vec(name, num_envs=3, with_state=True, **SIZES | constants)
    for timestep in play(vec, seed=11, num_steps=16):
        for key, value in sorted(seen(timestep).items()):
            content.update(f"{key} {value.dtype} {value.shape}".encode())
            content.update(np.ascontiguousarray(value).tobytes())
    env = marec_env.make(name, **SIZES | constants)
    for episode in range(3):
        _, infos = env.reset(seed=11 if episode == 0 else None)
        while env.agents:
            actions = {agent: int(infos[agent]["action_mask"].argmax()) for agent in env.agents}
            *results, infos = env.step(actions)
            content.update(repr((results, env.state().tolist(), infos)).encode())
    return content.hexdigest()


if __name__ == "__main__":
    for scenario in marec_env.scenario_names():
        print(digest(scenario, users="resampled"))
