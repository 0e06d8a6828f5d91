"""Constants are of their declared types, and two scenarios of equal constants have one digest."""

import math
import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest

from marec_env import Catalogue, make_vec, scenario_names
from marec_env.constants import (
    AtLeastOne,
    NonNegative,
    PoissonRate,
    Positive,
    PositiveOrInf,
    Seed,
    Share,
    check,
    digest,
)
from marec_env.scenarios.basic import Basic
from marec_env.scenarios.ecommerce import Ecommerce

GAME = Ecommerce()


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"num_agents": 2.5}, r"num_agents must be an integer, got 2\.5"),
        ({"num_agents": "3"}, "num_agents must be an integer, got '3'"),
        ({"horizon": float("inf")}, "horizon must be an integer, got inf"),
        ({"horizon": True}, "horizon must be an integer, got True"),
        ({"tau": "1"}, "tau must be a number, got '1'"),
        ({"shows_items": "no"}, "shows_items must be True or False, got 'no'"),
        ({"shows_items": 1}, "shows_items must be True or False, got 1"),
        (
            {"catalogue": "catalogues/x"},
            r"Catalogue\.load\(folder\) returns it, got 'catalogues/x'",
        ),
        ({"catalogue": None}, "catalogue must be a Catalogue"),
    ],
)
def test_a_constant_of_another_type_is_one_sentence(constants, message):
    with pytest.raises(TypeError, match=message):
        Basic(**constants)


@pytest.mark.parametrize(
    "constants", [{"num_agents": np.int64(2)}, {"tau": 1}, {"tau": np.float32(0.5)}]
)
def test_numbers_of_numpy_and_integers_for_floats_are_fine(constants):
    assert Basic(**constants).num_agents


def test_a_type_written_as_a_string_is_checked_as_well():
    @dataclass
    class Postponed:
        size: "int"

    with pytest.raises(TypeError, match=r"size must be an integer, got 0\.5"):
        check(Postponed(0.5))  # type: ignore[arg-type]


@dataclass
class Limited:
    """One constant of each limited type."""

    degree: AtLeastOne = 1
    seed: Seed = 0
    pull: NonNegative = 0.0
    bid: Positive = 1.0
    life: PositiveOrInf = math.inf
    rate: PoissonRate = 0.0
    share: Share = 1.0


@pytest.mark.parametrize(
    ("constant", "message"),
    [
        ({"degree": 0}, "degree must be >= 1, got 0"),
        ({"seed": -1}, "seed must be >= 0, got -1"),
        ({"pull": -1}, "pull must be >= 0, got -1"),
        ({"pull": math.nan}, "pull must be >= 0, got nan"),
        ({"pull": math.inf}, "pull must be finite, got inf"),
        ({"pull": -math.inf}, "pull must be >= 0, got -inf"),
        ({"bid": 0.0}, r"bid must be > 0, got 0\.0"),
        ({"bid": math.inf}, "bid must be finite, got inf"),
        ({"life": 0}, "life must be > 0, got 0"),
        ({"life": math.nan}, "life must be > 0, got nan"),
        ({"rate": 701}, r"rate must be in \[0, 700\], got 701"),
        ({"share": 1.5}, r"share must be in \[0, 1\], got 1\.5"),
        ({"share": math.inf}, r"share must be in \[0, 1\], got inf"),
    ],
    ids=str,
)
def test_a_type_carries_the_limits_of_its_constants(constant, message):
    check(Limited())
    with pytest.raises(ValueError, match=f"^{message}$"):
        check(Limited(**constant))


@pytest.mark.parametrize("beta", [1, 1.0, np.float64(1), np.int32(1)])
def test_equal_constants_have_one_digest_however_they_are_written(beta):
    np.testing.assert_array_equal(digest(replace(GAME, beta=beta)), digest(replace(GAME, beta=1.0)))


@pytest.mark.parametrize(
    "other",
    [
        replace(GAME, beta=0.5),
        replace(GAME, world_seed=1),
        replace(GAME, stock_share=float("inf")),
        replace(GAME, catalogue=Catalogue.synthetic(seed=1)),
        Basic(num_agents=16, pool_size=24),
    ],
)
def test_other_constants_have_another_digest(other):
    assert (digest(other) != digest(GAME)).any()


@pytest.mark.parametrize(
    ("constants", "message"),
    [
        ({"near_share": -1.0}, r"near_share must be in \[0, 1\], got -1\.0"),
        ({"horizon": 0}, "horizon must be >= 1, got 0"),
    ],
)
def test_a_game_with_another_default_keeps_the_limits_of_its_base(constants, message):
    @dataclass(frozen=True, kw_only=True)
    class Short(Basic):
        horizon: int = 3
        near_share: float = 0.9

    assert Short().horizon == 3
    with pytest.raises(ValueError, match=message):
        Short(**constants)


def test_a_type_that_is_unknown_at_run_time_leaves_the_others_checked():
    namespace = {
        "__annotations__": {"size": "int", "part": "Fraction"}
    }  # imported for checkers only
    odd = dataclass(type("Odd", (), namespace))
    check(odd(1, None))
    with pytest.raises(TypeError, match="size must be an integer, got 'x'"):
        check(odd("x", None))


@pytest.mark.parametrize("name", scenario_names())
def test_a_game_that_was_played_can_be_sent_to_another_process(name):
    vec = make_vec(name)
    vec.reset(seed=0)
    assert pickle.loads(pickle.dumps(vec.scenario)) == vec.scenario  # noqa: S301 # our own bytes
