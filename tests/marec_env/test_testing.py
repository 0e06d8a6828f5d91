"""The conformance suite: our scenarios pass it, and each check catches what it is for."""

import pytest

import marec_env
from marec_env.scenarios.basic import Basic
from marec_env.testing import check_scenario
from tests.marec_env.broken import BROKEN
from tests.marec_env.broken.addresses import ConsumesItsDraws, OffersWhatWasPicked
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES

CROWD = marec_env.Catalogue.synthetic(seed=1, num_users=80, num_items=30, embedding_size=2)
every_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


@every_scenario
def test_our_scenarios_conform(name):
    check_scenario(name)


@every_scenario
@pytest.mark.parametrize(
    "constants",
    [
        {"users": "resampled", "items": "resampled"},
        {"slate_size": 12, "shows_items": False},
        {"num_agents": 1, "slate_size": 1},
        {"horizon": 1},
        {"similarity": "cosine", "near_share": 0.0},
        {"sees": "neighbours", "users": "resampled"},
        {"sees": "global", "num_agents": 70, "catalogue": CROWD},
    ],
    ids=str,
)
def test_our_scenarios_conform_with_other_constants(name, constants):
    check_scenario(name, **SIZES | constants)


@pytest.mark.parametrize(
    "constants",
    [
        {"rationing": "affinity", "beta": 0.5},
        {"beta": 1.0, "stock_share": 0.2, "restock_every": 3},
        {"stock_share": float("inf"), "sees": "own"},
    ],
    ids=str,
)
def test_ecommerce_conforms_with_its_mechanisms_on_and_off(constants):
    check_scenario("ecommerce-v0", **SIZES | constants)


@pytest.mark.data
@every_scenario
def test_our_scenarios_conform_on_movielens(name, ml_100k_catalogue):
    check_scenario(name, catalogue=ml_100k_catalogue)


@pytest.mark.parametrize("sees", ["own", "neighbours", "global"])
def test_a_game_that_agents_leave_conforms(sees):
    check_scenario(Leaving, **SIZES, sees=sees)


def test_a_scenario_that_is_built_is_checked_as_it_is():
    check_scenario(Basic(**SIZES))


@pytest.mark.parametrize(
    ("broken", "message"), BROKEN.items(), ids=lambda x: getattr(x, "__name__", "")
)
def test_a_broken_scenario_is_caught_in_one_sentence(broken, message):
    with pytest.raises(AssertionError, match=message) as caught:
        check_scenario(broken, **SIZES)
    assert "\n" not in str(caught.value)


def test_slates_that_picks_change_are_fine_where_it_is_said():
    with pytest.raises(AssertionError, match="slates must not depend on picks"):
        check_scenario(ConsumesItsDraws, **SIZES)
    check_scenario(OffersWhatWasPicked, **SIZES)
