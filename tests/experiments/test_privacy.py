"""What privacy costs."""

from dataclasses import replace

import numpy as np
import pytest

from experiments import privacy
from experiments.command import BadInput
from marec_env import make_vec
from marec_env.embeddings import Factorization, Vectors
from marec_env.policy import act, look
from tests.marec_env.embeddings.worlds import two_camps


def test_a_player_goes_by_its_own_vectors_and_not_by_the_games():
    vec = make_vec("basic-v0", num_envs=3)
    catalogue = vec.scenario.catalogue
    true = Vectors(catalogue.user_vectors, catalogue.item_vectors, "true", "", "", {})
    wrong = true._replace(users=-true.users)
    now = vec.reset(seed=0)
    liking, disliking = (privacy.Similar(vec.scenario, v) for v in (true, wrong))
    best = act(liking, look(now, liking), explore=False)
    worst = act(disliking, look(now, disliking), explore=False)
    assert not best.any()  # slates begin with what is most similar
    assert (worst == now.action_mask.shape[-1] - 2).all()  # and the last action skips


def test_every_way_is_fitted_to_what_may_be_seen():
    world = two_camps(share=0.9)
    true = Factorization(rank=15).fit(world)
    names = [(name, epsilon) for name, epsilon, _ in privacy.ways((1.0, 8.0))]
    assert len(names) == len(set(names)) == 2 + 3 * 2
    for name, epsilon, fit in privacy.ways((50.0,)):
        if name in ("private_factorization", "titles alone"):
            continue  # its default delta is for more ratings; this world has no titles
        found = fit(world, 0)
        same = np.allclose(found.items, true.items, atol=1e-4)
        assert same == (name != "Laplace"), (name, epsilon)  # at 50 no answer is ever changed


def test_by_titles_a_user_is_her_own_ratings_and_nobody_elses():
    world = replace(
        two_camps(share=0.9), titles=tuple("even" if n % 2 == 0 else "odd" for n in range(30))
    )
    found = privacy.by_titles(world)
    others = replace(world, ratings=np.where(world.users == 0, world.ratings, 3.0))
    np.testing.assert_array_equal(privacy.by_titles(others).users[0], found.users[0])
    assert (privacy.by_titles(others).users[1] != found.users[1]).any()
    closeness = found.users[:2] @ found.items[:2].T
    assert closeness[0, 0] > closeness[0, 1]
    assert closeness[1, 1] > closeness[1, 0]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--epsilons", "1,0"], "every epsilon must be positive and finite, got '1,0'"),
        (["--epsilons", "one"], "expected numbers such as 0.5,1,2, got 'one'"),
        (["--worlds", "0"], "--worlds must be >= 1, got 0"),
        (["--dataset", "none.csv"], "a data set must be one of"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_is_written(more, message, tmp_path):
    with pytest.raises(BadInput, match=message):
        privacy.main([*more, "--out", str(tmp_path / "page.md")])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("none/page.md", "--out .* must be a file in a folder that is there"),
        ("other.md", "--out: .*other.md must hold the marks <!-- played -->"),
        (".", "--out: .* must hold the marks"),
    ],
)
def test_a_page_that_cannot_be_filled_is_refused_before_the_work(
    place, message, tmp_path, monkeypatch
):
    monkeypatch.setattr(privacy, "load", None)
    (tmp_path / "other.md").write_text("by hand")
    with pytest.raises(BadInput, match=message):
        privacy.main(["--out", str(tmp_path / place)])
    assert (tmp_path / "other.md").read_text() == "by hand"


def test_the_page_is_filled_and_what_stands_around_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(privacy, "load", lambda *_: two_camps(share=0.9))
    monkeypatch.setattr(privacy, "_scores", lambda *_: {("basic-v0", "titles", "0"): [0.5]})
    page = tmp_path / "page.md"
    arguments = ["--scenarios", "basic-v0", "--core", "1", "--out", str(page)]
    for _ in range(2):
        privacy.main(arguments)
        page.write_text(page.read_text() + "by hand\n")
    assert page.read_text().startswith("# What privacy costs\n\n<!-- played -->\n\n    python -m ")
    assert page.read_text().count("| titles | 0 | 0.50 | 0.50 to 0.50 |") == 1
    assert page.read_text().endswith("<!-- /played -->\nby hand\nby hand\n")
