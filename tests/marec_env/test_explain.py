"""Payoffs taken apart, in games whose numbers are known."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import marec_env
from marec_env import Catalogue
from marec_env.explain import explain, explain_step
from marec_env.ratings import Ratings
from marec_env.scenario import Scenario
from marec_env.scenarios.basic import Basic

TWO_ALIKE = Catalogue(  # two users, two items, all equally similar
    user_vectors=np.ones((2, 2)), item_vectors=np.ones((2, 2)),
    ratings=Ratings(np.array([[1.0, 0.6], [1.0, 0.6]])),
    titles=("A", "B"),
)  # fmt: skip


def crowd(**constants):
    """Two agents who both see A and B, which are worth 1 and .6 to each."""
    env = marec_env.make(
        "ecommerce-v0",
        **{"catalogue": TWO_ALIKE, "num_agents": 2, "pool_size": 2, "slate_size": 2, "horizon": 2,
           "centred": False, "similarity": "cosine", "beta": 0.5, "stock_share": np.inf}
        | constants,
    )  # fmt: skip
    env.reset(seed=0)
    return env


def played(env, *picks):
    env.step(dict(zip(env.agents, picks, strict=True)))
    return explain(env, "user_0")


def test_a_payoff_is_the_product_of_its_factors_in_their_order():
    found = played(crowd(), 0, 0)
    assert list(found.multiplied) == ["similarity", "rating", "service", "crowd"]
    assert found.multiplied["similarity"] == pytest.approx(1)
    assert found.multiplied["crowd"] == 2**-0.5
    assert found.payoff == pytest.approx(2**-0.5)
    assert found.added == {}


def test_whoever_picked_the_same_is_named():
    env = crowd()
    assert played(env, 0, 0).company == ("user_1",)
    assert played(env, 0, 1).company == ()


def test_regret_is_against_the_best_reply_to_what_the_others_did():
    together = played(crowd(), 0, 0)  # alone on B: .6 < 2^-.5
    assert together.regret == 0
    assert together.best == (1, "B", pytest.approx(0.6))
    apart = played(crowd(), 1, 0)  # together on A: 2^-.5 > .6
    assert apart.regret == pytest.approx(2**-0.5 - 0.6)
    assert apart.best == (0, "A", pytest.approx(2**-0.5))


def test_the_difference_reward_is_what_all_gain_by_the_pick():
    # two on A get 2 x 2^-.5, one alone gets 1
    assert played(crowd(), 0, 0).difference_reward == pytest.approx(2**0.5 - 1)
    assert played(crowd(), 1, 0).difference_reward == pytest.approx(0.6)


def test_the_difference_reward_is_nothing_if_another_would_have_been_served():
    env = crowd(stock_share=0.5, restock_every=1, beta=0.0)  # one unit in all
    only = int(env.action_mask("user_0").argmax())
    env.step({"user_0": only, "user_1": only})
    found = [explain(env, agent) for agent in env.possible_agents]
    assert sorted(e.multiplied["service"] for e in found) == [0, 1]
    assert [e.difference_reward for e in found] == pytest.approx([0, 0])
    assert [e.regret for e in found] == [0, 0]


def test_a_skip_pays_nothing_and_is_explained_as_one():
    found = played(crowd(), 2, 0)
    assert (found.item, found.payoff, found.company) == (-1, 0, ())
    assert found.difference_reward == 0
    assert found.text().startswith("user_0 skipped at step 0 and was paid 0.0000\n")


def test_the_text_says_it_all():
    assert played(crowd(), 0, 0).text() == (
        "user_0 picked A at step 0 and was paid 0.7071\n"
        "\n"
        "  x similarity      1.0000\n"
        "  x rating          1.0000\n"
        "  x service         1.0000\n"
        "  x crowd           0.7071\n"
        "  = payoff          0.7071\n"
        "\n"
        "picked as well by: user_1\n"
        "expected: 0.7071; the best alternative, B: 0.6000; regret: 0.0000\n"
        "difference reward, the worth of it to all: 0.4142"
    )


@pytest.mark.parametrize("name", marec_env.scenario_names())
def test_factors_make_the_payoff_that_was_paid(name):
    env = marec_env.make(name)
    _, infos = env.reset(seed=1)
    rng = np.random.default_rng(0)
    for _ in range(5):
        actions = {a: int(rng.choice(np.flatnonzero(infos[a]["action_mask"]))) for a in env.agents}
        *_, infos = env.step(actions)
        for agent, info in infos.items():
            found = explain(env, agent)
            product = np.prod(list(found.multiplied.values()))
            made = product + sum(found.added.values())
            assert made == pytest.approx(found.payoff, rel=1e-12, abs=1e-15)
            assert np.float32(found.payoff) == np.float32(info["payoff"])
            assert found.regret >= 0


def test_the_page_lists_the_factors_of_every_scenario_in_their_order():
    page = (Path(__file__).parents[2] / "docs" / "explaining.md").read_text(encoding="utf-8")
    for name in marec_env.scenario_names():
        env = marec_env.make(name)
        env.reset(seed=0)
        env.step(dict.fromkeys(env.agents, 0))
        found = explain(env, "user_0")
        multiplied, added = ", ".join(found.multiplied), ", ".join(found.added)
        assert f"| `{name}` | {multiplied} | {added} |".replace("|  |", "| |") in page


def test_a_copy_of_a_batch_is_explained_as_it_were_alone():
    vec = marec_env.make_vec("ecommerce-v0", num_envs=3)
    env = marec_env.make("ecommerce-v0")
    mask = vec.reset(4).action_mask
    vec.step(mask.argmax(-1))
    env.reset(seed=6)
    env.step(dict(zip(env.agents, mask[2].argmax(-1).tolist(), strict=True)))
    assert explain_step(vec.scenario, vec.played, 3, b=2) == explain(env, "user_3")


def test_there_is_nothing_to_explain_before_the_first_step():
    env = crowd()
    with pytest.raises(RuntimeError, match="nothing has been played yet"):
        explain(env, "user_0")


def test_an_unknown_agent_is_refused():
    env = crowd()
    env.step({"user_0": 0, "user_1": 0})
    with pytest.raises(ValueError, match=r"one of user_0 \.\.\. user_1, got 'user_2'"):
        explain(env, "user_2")


def test_without_one_shot_games_there_is_no_regret():
    class Blind(Basic):
        one_shot: Any = Scenario.one_shot

    env = marec_env.make(Blind)
    env.reset(seed=0)
    env.step(dict.fromkeys(env.agents, 0))
    found = explain(env, "user_0")
    assert np.isnan(found.regret)
    assert found.best is None
    assert "regret" not in found.text()


def test_what_is_masked_is_no_alternative():
    found = played(crowd(), 0, 1)
    masked = tuple(c._replace(payoff=-math.inf) for c in found.slate)
    assert replace(found, item=-1, slate=masked).best is None
