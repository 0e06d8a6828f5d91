"""What a pick pays where nobody else picks, in every kind of stage."""

from typing import Any

import numpy as np
import pytest

import marec_env

GAMES: list[tuple[str, dict[str, Any]]] = [
    ("basic-v0", {}),
    ("ecommerce-v0", {"rationing": "random"}),
    ("ecommerce-v0", {"rationing": "affinity", "beta": 0.5}),
    ("ads-v0", {}),
    ("social-v0", {}),
    ("news-v0", {}),
    ("news-v0", {"scoop": 2.0}),
]


@pytest.mark.parametrize(("name", "constants"), GAMES)
def test_alone_is_what_a_pick_pays_where_all_others_skip(name, constants):
    vec = marec_env.make_vec(name, **constants)
    timestep = vec.reset(0)
    for _ in range(4):  # picks sell out, drain and tire
        timestep = vec.step(timestep.action_mask.argmax(2))
    stage = vec.scenario.stage(timestep.truth.state, 0)
    nobody = np.full(stage.num_agents, stage.num_candidates)
    replies = stage.replies(nobody)[:, :-1]
    np.testing.assert_allclose(stage.alone[stage.legal], replies[stage.legal])
