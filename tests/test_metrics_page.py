"""docs/metrics.md explains exactly what is computed and written."""

import re
from pathlib import Path

import numpy as np

from experiments.tags import METRICS, TAGS
from marec_env.metrics import History, episode_metrics

PAGE = (Path(__file__).parent.parent / "docs" / "metrics.md").read_text()


def first_column(heading: str) -> list[str]:
    """The names in the first column of the first table below a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_tag_is_explained_and_every_explained_tag_exists():
    explained = set()
    for tag in first_column("Every tag"):
        if tag.endswith("NAME"):
            explained |= {tag.replace("NAME", name) for name in first_column("Of every episode")}
        else:
            explained.add(tag)
    assert explained == set(TAGS)


def test_every_metric_of_an_episode_is_explained_in_its_order():
    assert first_column("Of every episode") == list(METRICS)


def test_the_metrics_explained_are_those_computed():
    empty = History(np.full((1, 1, 1), -1), np.zeros((1, 1, 1)), np.ones((1, 1, 1), bool))
    of_foreign_environments = {"return", "length"}
    explained = set(first_column("Of every episode")) - of_foreign_environments
    assert explained == set(episode_metrics(empty, 2))
