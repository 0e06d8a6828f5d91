"""Golden rollouts: what short games paid, as text, so that a change shows up in review.

    python -m tests.golden.rollouts        writes tests/golden/*.txt anew

A change of any number here changes results of everybody who plays: it needs a new version of the
scenario. Floats are rounded to six digits, which no platform's exponential reaches.
"""

from pathlib import Path
from typing import Any

import numpy as np

import marec_env
from marec_env import Catalogue

FOLDER = Path(__file__).parent
GAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "ads-v0": ("ads-v0", {}),
    "basic-v0": ("basic-v0", {}),
    "ecommerce-v0": ("ecommerce-v0", {}),
    "ecommerce-v0-crowded": (
        "ecommerce-v0",
        {"beta": 0.5, "rationing": "affinity", "users": "resampled", "items": "resampled"},
    ),
    "news-v0": ("news-v0", {"threshold": 0.6, "temper": 0.9, "scoop": 0.5}),
    "social-v0": ("social-v0", {"edges": (0, 1, 1, 2)}),
}
SIZES: dict[str, Any] = {"num_agents": 3, "pool_size": 6, "slate_size": 3, "horizon": 3}


def rollout(name: str, constants: dict[str, Any]) -> str:
    """Two episodes of two copies; agent n takes the first legal action from t + n on."""
    catalogue = Catalogue.synthetic(seed=0, num_users=12, num_items=12, embedding_size=4)
    sizes = {"catalogue": catalogue, **SIZES}
    vec = marec_env.make_vec(name, num_envs=2, objective="cooperative", **sizes, **constants)
    lines = [
        f"# {name} {constants or 'with its defaults'}; written by python -m tests.golden.rollouts",
        "# episode step copy agent user |        slate |  similarity of the candidates  | "
        "mask action |  item   payoff   reward",
    ]
    now = vec.reset(seed=7)
    for t in range(2 * vec.scenario.horizon):
        state, mask = now.truth.state, now.action_mask
        wish = (t + np.arange(3)[:, None] + np.arange(4)) % 4  # [N, A] in order of preference
        first = np.take_along_axis(mask, wish[None], axis=2).argmax(axis=2)
        action = wish[np.arange(3), first]
        after = vec.step(action)
        for b, n in np.ndindex(action.shape):
            items = " ".join(f"{i:3d}" for i in state.slate.items[b, n])
            similarity = " ".join(f"{s:9.6f}" for s in state.slate.similarity[b, n])
            legal = "".join(str(int(m)) for m in mask[b, n])
            lines.append(
                f"{t // 3:9d} {state.step[b]:4d} {b:4d} {n:5d} {state.episode.users[b, n]:4d} | "
                f"{items:>12} | {similarity} | {legal} {action[b, n]:6d} | "
                f"{after.info['item'][b, n]:5d} {after.payoff[b, n]:8.6f} {after.reward[b, n]:8.6f}"
            )
        now = after
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes every file anew."""
    for file, (name, constants) in GAMES.items():
        (FOLDER / f"{file}.txt").write_text(rollout(name, constants), encoding="utf-8")


if __name__ == "__main__":
    main()
