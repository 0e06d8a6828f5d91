"""From names to environments."""

from pathlib import Path

import pytest

import marec_env
from marec_env import registry, scenarios
from marec_env.scenarios.basic import Basic
from tests.marec_env.leaving import Leaving
from tests.marec_env.rollouts import SIZES


@pytest.fixture
def empty_register(monkeypatch):
    monkeypatch.setattr(registry, "_REGISTERED", {})


def test_every_file_of_scenarios_has_a_name():
    files = {path.stem for path in Path(scenarios.__file__).parent.glob("[a-z]*.py")}
    assert {name.removesuffix("-v0") for name in marec_env.scenario_names()} == files


@pytest.mark.parametrize("name", marec_env.scenario_names())
def test_a_scenario_goes_by_its_registered_name(name):
    assert registry.find(name)().name == name


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("basik-v0", "unknown scenario 'basik-v0'; did you mean 'basic-v0'?"),
        ("ecommerce", "unknown scenario 'ecommerce'; did you mean 'ecommerce-v0'?"),
        ("chess", "unknown scenario 'chess'; known: ads-v0, basic-v0, ecommerce-v0, news-v0"),
    ],
)
def test_an_unknown_name_is_one_sentence_that_helps(wrong, message):
    with pytest.raises(ValueError, match="unknown scenario") as caught:
        marec_env.make(wrong)
    assert str(caught.value).startswith(message)


def test_an_unknown_constant_is_named():
    nearest = r"^basic-v0 has no constant 'num_agent'; did you mean 'num_agents'[?]$"
    with pytest.raises(TypeError, match=nearest):
        marec_env.make("basic-v0", num_agent=3)
    with pytest.raises(TypeError, match=r"^basic-v0 has no constant 'colour'; known: catalogue, "):
        marec_env.make_vec(Basic, colour="red")


def test_a_factory_that_takes_anything_is_asked_itself():
    env = marec_env.make(lambda **given: Basic(**given), num_agents=3)
    assert len(env.possible_agents) == 3


def test_a_registered_factory_is_made_by_name_with_its_constants(empty_register):
    marec_env.register("leaving-v0", Leaving)
    assert "leaving-v0" in marec_env.scenario_names()
    assert marec_env.make("leaving-v0", num_exits=2).scenario == Leaving(num_exits=2)


def test_a_name_is_never_overwritten(empty_register):
    marec_env.register("leaving-v0", Leaving)
    for name in ("leaving-v0", "basic-v0"):
        with pytest.raises(ValueError, match=f"scenario '{name}' is already registered"):
            marec_env.register(name, Basic)


@pytest.mark.parametrize("given", ["basic-v0", Basic, lambda **constants: Basic(**constants)])
def test_a_name_a_class_and_a_function_make_the_same(given):
    assert marec_env.make_vec(given, **SIZES).scenario == Basic(**SIZES)


def test_a_scenario_that_is_built_is_taken_as_it_is():
    game = Basic(**SIZES)
    assert marec_env.make_vec(game).scenario is game


def test_a_scenario_that_is_built_takes_no_more_constants():
    with pytest.raises(TypeError, match="a scenario has its constants already, got horizon"):
        marec_env.make_vec(Basic(**SIZES), horizon=3)
