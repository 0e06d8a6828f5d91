"""The nearest items, looked at one by one or found by an index."""

import subprocess
import sys

import numpy as np
import pytest

from marec_env import Catalogue, retrieval
from marec_env.retrieval import Index, exact

AXES = np.array([[1, 0], [0, 2], [1, 1], [-1, 0], [1, 0]], np.float32)  # [I, D]


def test_few_items_are_ranked_exactly_and_ties_go_to_the_smaller_item():
    index = Index(AXES)
    assert index.is_exact
    found = index.nearest(np.array([[1, 0], [-2, 1]], np.float32), 4)
    np.testing.assert_array_equal(found, [[0, 2, 4, 1], [1, 3, 2, 0]])


@pytest.mark.parametrize("block", [1, 7, 10**6])
def test_blocks_change_nothing(block, monkeypatch):
    rng = np.random.default_rng(0)
    users, items = (rng.integers(-2, 3, (n, 3)).astype(np.float32) for n in (20, 50))
    monkeypatch.setattr("marec_env.ratings._ROWS", block)
    order = np.argsort(-(users @ items.T), 1, kind="stable")
    np.testing.assert_array_equal(exact(users, items, 9), order[:, :9])


@pytest.fixture(scope="module")
def world():
    made = Catalogue.synthetic(seed=0, num_users=500, num_items=12_000)
    return made.centred_user_vectors, made.centred_item_vectors


def recall(found, users, items):
    real = exact(users, items, found.shape[1])
    return np.mean([len(set(a) & set(b)) / len(a) for a, b in zip(found, real, strict=True)])


def test_many_items_are_found_by_cells_and_most_of_the_nearest_are_among_them(world):
    users, items = world
    index = Index(items, num_probes=48)
    assert not index.is_exact
    found = index.nearest(users, 16)
    assert recall(found, users, items) > 0.9
    closeness = np.take_along_axis(users @ items.T, found, 1)
    assert (np.diff(closeness, axis=1) <= 1e-6).all()  # nearest first


def test_more_probes_find_more_and_all_cells_find_all(world):
    users, items = world
    found = [recall(Index(items, num_probes=p).nearest(users, 16), users, items) for p in (1, 8)]
    assert found[0] < found[1]
    everywhere = Index(items, num_cells=8, num_probes=8).nearest(users, 16)
    assert recall(everywhere, users, items) > 0.99


def test_cells_with_too_few_items_are_filled_up_exactly(world):
    users, items = world
    found = Index(items, num_cells=4000, num_probes=1).nearest(users[:20], 200)
    np.testing.assert_array_equal(found, exact(users[:20], items, 200))


def test_equal_input_gives_equal_indices(world):
    users, items = world
    one, other = (Index(items).nearest(users, 16) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Index(AXES[0]), r"vectors must be finite \[I, D\], got \(2,\)"),
        (lambda: Index(AXES * np.nan), "vectors must be finite"),
        (lambda: Index(AXES, num_probes=0), "num_probes must be >= 1, got 0"),
        (lambda: Index(AXES, num_cells=6), r"num_cells must be in 1\.\.5, got 6"),
        (lambda: Index(AXES).nearest(AXES[:, :1], 1), r"with D = 2, got \(5, 1\)"),
        (lambda: Index(AXES).nearest(AXES * np.inf, 1), "users must be finite"),
        (lambda: Index(AXES).nearest(AXES, 6), r"count must be in 1\.\.5, got 6"),
    ],
)
def test_bad_input_is_one_sentence(make, message):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=message):
        make()


def test_without_the_library_the_sentence_says_what_to_install(world, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert Index(world[1][:10_000]).is_exact
    with pytest.raises(ImportError, match=r"12,000 items: pip install marec-env\[index\]"):
        Index(world[1])


def test_few_items_need_no_library():
    code = """if True:
        import sys, numpy as np
        from marec_env.retrieval import Index
        Index(np.eye(3, dtype=np.float32)).nearest(np.eye(3, dtype=np.float32), 1)
        print("faiss" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert retrieval.LARGEST_EXACT == 10_000
