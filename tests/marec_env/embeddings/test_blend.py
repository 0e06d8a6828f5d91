"""Two encoders side by side."""

from dataclasses import replace

import numpy as np
import pytest

from marec_env.embeddings import Trained, Vectors
from marec_env.embeddings.blend import Blend
from tests.marec_env.embeddings.worlds import cyclic


def vectors(name, users, items):
    users, items = np.array(users, np.float32), np.array(items, np.float32)
    return Vectors(users, items, name, "a paper", "none needed", {"size": 1})


def test_scores_are_the_sum_of_those_of_the_parts_with_equal_spread():
    one = vectors("hybrid", [[1.0], [3.0]], [[0.0], [4.0]])  # scores spread by 2 and 6: c = 4
    two = vectors("item_knn", [[1.0], [1.0]], [[-1.0], [1.0]])  # by 1
    found = Blend().joined([one, two])
    scores = found.users @ found.items.T
    np.testing.assert_allclose(scores, [[0 - 1, 1 + 1], [0 - 1, 3 + 1]])
    assert found.record["parts"].keys() == {"hybrid", "item_knn"}


def test_scores_that_are_all_equal_add_nothing_that_is_not_finite():
    flat = vectors("hybrid", [[0.0]], [[1.0], [1.0]])
    assert np.isfinite(Blend().joined([flat, flat._replace(name="item_knn")]).items).all()


@pytest.mark.slow
def test_a_blend_embeds_newcomers_by_both_parts_and_comes_back_from_disk(tmp_path):
    world = replace(cyclic(), titles=tuple(f"film {n}" for n in range(12)))
    trained = Trained.of(Blend(patience=0), world)
    again = trained.encoder.encode_users(trained.vectors, world)
    np.testing.assert_allclose(again, trained.vectors.users, atol=1e-5)
    loaded = Trained.load(trained.save(tmp_path / "blend"))
    lists = [["i3", "i4"], []]
    assert loaded.encode_users(lists).tobytes() == trained.encode_users(lists).tobytes()
