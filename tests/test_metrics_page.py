"""docs/metrics.md explains exactly what is computed and written."""

import re
from pathlib import Path

import marec_env
from experiments.tags import METRIC_GROUPS, METRICS, ONLY_EVALUATED, SCENARIO_GROUPS, TAGS
from marec_env.episode_report import COSTLY, PREFIX

PAGE = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text()


def first_column(heading: str) -> list[str]:
    """The names in the first column of the first table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_tag_is_explained_and_every_explained_tag_exists():
    always = first_column("Of every episode") + first_column("Of some scenarios")
    evaluated = always + first_column("Only in evaluation")
    explained = set()
    for tag in first_column("Every tag"):
        if tag.endswith("NAME"):
            names = always if tag.startswith("episode/") else evaluated
            explained |= {tag.replace("NAME", name) for name in names}
        else:
            explained.add(tag)
    assert explained == set(TAGS)


def test_every_metric_is_explained_once_in_the_table_where_it_belongs():
    general = [name for group in METRIC_GROUPS.values() for name in group]
    own = {name for group in SCENARIO_GROUPS.values() for name in group}
    assert set(first_column("Only in evaluation")) == ONLY_EVALUATED
    assert first_column("Of every episode") == [x for x in general if x not in ONLY_EVALUATED]
    assert sorted(first_column("Of some scenarios")) == sorted(own)
    assert not own & set(general)


def test_a_metric_of_several_scenarios_says_the_same_in_each():
    for group in SCENARIO_GROUPS.values():
        assert group.items() <= METRICS.items()


def test_the_metrics_explained_are_those_computed():
    env = marec_env.make_vec("basic-v0", with_costly_metrics=True, horizon=1)
    ended = env.step(env.reset(0).action_mask.argmax(-1))
    found = {name.removeprefix(PREFIX) for name in ended.info if name.startswith(PREFIX)}
    assert found == {*first_column("Of every episode"), *COSTLY}
