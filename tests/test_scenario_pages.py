"""Every scenario has a page in one template, and its tables are those of the code."""

import re
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import pytest

import marec_env
from experiments.constants import Constant, constants, expectation, write
from marec_env.constants import Limit

DOCS = Path(__file__).parent.parent / "docs"
TEMPLATE = (
    *("Story", "Equations", "Spaces", "Reward", "Tension", "Constants"),
    *("How much there is to gain", "What leaks by nature", "Sources"),
)

each_scenario = pytest.mark.parametrize("name", marec_env.scenario_names())


def page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def own_constants(scenario: type) -> dict[str, Constant]:
    """The constants that a scenario adds to the shared ones, or gives another default."""
    shared = constants(marec_env.Scenario, {"catalogue"})
    mine = constants(scenario, {"catalogue"})
    return {name: c for name, c in mine.items() if c != shared.get(name)}


def table(known: dict[str, Constant]) -> str:
    """A Markdown table of constants: default, meaning, range and unit."""
    rows = ["| constant | default | meaning |", "|---|---|---|"]
    for name, constant in known.items():
        is_choice = get_origin(constant.annotation) is Literal
        choices = f"; {expectation(constant.annotation)}" if is_choice else ""
        rows.append(f"| `{name}` | {write(constant.default)} | {constant.note}{choices} |")
    return "\n".join(rows)


@each_scenario
def test_the_page_has_the_sections_of_the_template_in_order(name: str) -> None:
    assert tuple(re.findall(r"^## (.*)$", page(name), re.MULTILINE)) == TEMPLATE


@each_scenario
def test_the_page_shows_the_observation_as_the_scenario_describes_it(name: str) -> None:
    assert marec_env.make_vec(name).scenario.describe_observation() in page(name)


@each_scenario
def test_the_page_lists_the_constants_with_their_defaults(name: str) -> None:
    assert table(own_constants(type(marec_env.make_vec(name).scenario))) in page(name)


def test_the_shared_constants_are_listed_once() -> None:
    assert table(constants(marec_env.Scenario, {"catalogue"})) in page("scenarios")


def test_the_overview_names_every_scenario() -> None:
    rows = re.findall(r"^\| \[(\S+)\]", page("scenarios"), re.MULTILINE)
    assert sorted(rows) == marec_env.scenario_names()


@each_scenario
def test_no_constant_lacks_a_meaning(name: str) -> None:
    known = constants(type(marec_env.make_vec(name).scenario), {"catalogue"})
    assert [constant for constant, told in known.items() if not told.note] == []


@each_scenario
def test_a_constant_tells_the_limit_that_its_type_sets(name: str) -> None:
    game = type(marec_env.make_vec(name).scenario)
    hints = get_type_hints(game, include_extras=True)
    for constant, told in constants(game, {"catalogue"}).items():
        for limit in (note for note in get_args(hints[constant]) if isinstance(note, Limit)):
            assert limit.words in told.note, constant
