"""What costs more than an episode of training should, said on request."""

import numpy as np
import pytest

import marec_env
from marec_env import Catalogue
from marec_env.episode_report import COSTLY, PREFIX
from marec_env.ratings import Known, Ratings

# Three items at right angles; user 0 likes item 0 best, user 1 item 1.
TABLE = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.2]])
KNOWN = Known.of([0, 1, 0], [0, 0, 1], [1.0, 0.5, 0.5], num_users=2)


def ended(actions, ratings=None, num_envs=1):
    """Timestep that ends an episode of two steps of two agents who see all three items."""
    catalogue = Catalogue(
        user_vectors=np.ones((2, 3)), item_vectors=np.eye(3), ratings=ratings or Ratings(TABLE)
    )
    env = marec_env.make_vec(
        "basic-v0", num_envs=num_envs, with_costly_metrics=True, catalogue=catalogue, num_agents=2,
        pool_size=3, slate_size=3, horizon=2, centred=False, similarity="cosine",
    )  # fmt: skip
    now = env.reset(seed=0)
    order = np.argsort(now.truth.state.episode.users[0])  # seat of each user
    for action in actions:
        row = np.array(action)[np.argsort(order)]
        now = env.step(np.tile(row, (num_envs, 1)))
    return {name.removeprefix(PREFIX): x for name, x in now.info.items()}, order


def test_envy_is_of_picks_that_suited_better():
    found, _ = ended([[0, 0], [2, 0]])  # user 1 is content
    assert found["envy"].tolist() == [0.5]
    # user 0 was paid (1 + .2) s, what user 1 picked is worth 2 s to it; s = cos = 3^-.5
    assert found["envy_amount"][0] == pytest.approx(0.8 * 3**-0.5 / 2 / 2)


def test_diversity_is_per_agent_and_repeats_count():
    found, order = ended([[0, 0], [1, 0]])
    # centred, three items at right angles stand at 120 degrees
    np.testing.assert_allclose(found["diversity"][0, order], [1.5, 0], atol=1e-6)


def test_where_items_arrive_it_is_what_was_picked_that_counts_not_its_slot():
    env = marec_env.make_vec("news-v0", with_costly_metrics=True, threshold=0.0, horizon=6)
    now, items = env.reset(seed=0), []
    for _ in range(6):
        now = env.step(now.action_mask.argmax(-1))
        items.append(now.info["item"][0])
    vectors = env.scenario.catalogue.centred_item_vectors.astype(float)
    for n, own in enumerate(np.stack(items).T):
        e = vectors[own[own >= 0]]
        pairs = [1 - e[i] @ e[j] for i in range(len(e)) for j in range(i)]
        assert now.info["episode/diversity"][0, n] == pytest.approx(np.mean(pairs), abs=1e-6)
    assert 0 < now.info["episode/envy"][0] < 1


def test_novelty_is_by_how_often_an_item_was_rated():
    found, _ = ended([[0, 1], [0, 3]], Ratings(TABLE, KNOWN))
    # items were rated 2, 1, 0 times: shares 3/6, 2/6, 1/6
    assert found["novelty"][0] == pytest.approx((1 + 1 + np.log2(3)) / 3)


def test_without_known_ratings_nobody_knows_what_is_novel():
    assert np.isnan(ended([[0, 1], [0, 3]])[0]["novelty"]).all()


def test_they_are_said_where_they_are_asked_for_only():
    vec = marec_env.make_vec("basic-v0", horizon=1)
    now = vec.step(vec.reset(0).action_mask.argmax(-1))
    assert not {f"{PREFIX}{name}" for name in COSTLY} & set(now.info)
    env = marec_env.make("basic-v0", horizon=1, with_costly_metrics=True)
    env.reset(seed=0)
    *_, infos = env.step(dict.fromkeys(env.agents, 0))
    assert {f"{PREFIX}{name}" for name in COSTLY} <= set(infos["user_0"]["episode"])


def test_they_are_nan_where_no_episode_ended():
    env = marec_env.make_vec("basic-v0", num_envs=2, with_costly_metrics=True, horizon=3)
    env.reset(0)
    snapshot = env.snapshot()
    snapshot["state.step"] = np.array([2, 1])
    env.restore(snapshot)
    now = env.step(np.zeros((2, 8), int))
    for name in (*COSTLY, "return", "length", "welfare"):
        assert np.isnan(now.info[f"{PREFIX}{name}"][1]).all()
    assert now.info[f"{PREFIX}length"][0] == 3


def test_a_copy_has_the_metrics_of_the_single_environment():
    many = marec_env.make_vec("ecommerce-v0", num_envs=3, with_costly_metrics=True, horizon=2)
    one = marec_env.make_vec("ecommerce-v0", with_costly_metrics=True, horizon=2)
    ours, theirs = many.reset(5), one.reset(7)
    for _ in range(2):
        ours = many.step(ours.action_mask.argmax(-1))
        theirs = one.step(theirs.action_mask.argmax(-1))
    for name, value in theirs.info.items():
        np.testing.assert_array_equal(ours.info[name][2:], value)


def test_envy_is_not_said_where_payoffs_have_an_added_part():
    env = marec_env.make_vec("social-v0", with_costly_metrics=True, horizon=1)
    now = env.reset(0)
    now = env.step(now.action_mask.argmax(-1))
    assert np.isnan(now.info[f"{PREFIX}envy"]).all()
    assert np.isfinite(now.info[f"{PREFIX}diversity"]).sum() == 0  # of a single pick
