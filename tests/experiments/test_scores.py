"""A score is a share of the way from random play to the reference, on the same episodes."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from agents.random import Random
from experiments.build import build
from experiments.run import Run
from experiments.scores import Examiner, Row
from marec_env import Catalogue, Scenario
from marec_env.scenarios.basic import Basic

RUN = Run(
    agent="greedy",
    num_envs=2,
    steps=0,
    scenario_constants={"num_agents": 3, "pool_size": 8, "slate_size": 4, "horizon": 5},
    catalogue_constants={"num_users": 8, "num_items": 32},
)
FOREIGN = Run(
    scenario=None,
    catalogue=None,
    objective="independent",
    env="mpe2.simple_spread_v3",
    env_constants={"N": 2, "max_cycles": 3},
    agent="random",
    num_envs=2,
)


@dataclass(frozen=True, kw_only=True)
class Unsolved(Basic):
    """A game whose reference nobody knows."""

    one_shot = Scenario.one_shot


@pytest.fixture(scope="module")
def examiner():
    return Examiner(build(RUN), episodes=5)


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row.name: row for row in rows}


def test_random_is_zero_and_the_reference_is_one(examiner):
    rows = by_name(list(examiner.table()))
    assert rows["random"].score == (0, 0, 0)
    assert rows["clairvoyant"].score == (1, 1, 1)


def test_a_player_and_the_same_player_as_agent_are_worth_the_same(examiner):
    reference, played = (row for row in examiner.table() if row.name == "greedy")
    assert reference.score == played.score
    assert (reference.kind, played.kind) == ("exact", "played")


def test_the_score_is_a_ratio_of_means_over_the_same_seeds(examiner):
    played = examiner.play(examiner.built.policy)
    chance = [
        examiner.welfare(examiner.play(Random(examiner.built.sizes, seed))) for seed in range(10)
    ]
    low, high = np.mean(chance), by_name(list(examiner.table()))["clairvoyant"].welfare
    welfare = examiner.welfare(played).mean()
    expected = (welfare - low) / (high - low)
    assert examiner.record(0).values["evaluate/argmax/score"] == pytest.approx(expected, rel=1e-9)


def test_a_record_holds_welfare_score_metrics_and_what_was_played(examiner):
    record = examiner.record(64)
    assert record.step == 64
    for way in ("argmax", "sampled"):
        assert record.counts[f"evaluate/{way}/actions"].sum() == 5 * 5 * 3
        for name in ("welfare", "score", "gini", "fill_rate"):
            assert f"evaluate/{way}/{name}" in record.values


def test_scores_do_not_depend_on_the_objective(examiner):
    selfless = Examiner(build(replace(RUN, objective="competitive")), episodes=5)
    assert selfless.record(0).values == examiner.record(0).values


def test_scores_do_not_depend_on_the_noise_of_payoffs(examiner):
    constants = RUN.scenario_constants | {"payoff_noise": 2.0}
    noisy = Examiner(build(replace(RUN, scenario_constants=constants)), episodes=5)
    assert noisy.record(0).values == examiner.record(0).values
    assert list(noisy.table()) == list(examiner.table())


def test_the_table_the_record_and_the_items_are_of_the_same_play(examiner, monkeypatch):
    anew = examiner.record(3)
    rows = list(examiner.table())
    monkeypatch.setattr(examiner, "play", None)  # nothing more is played
    assert examiner.record_of_last(3).values == anew.values
    assert anew.values["evaluate/argmax/welfare"] == rows[-1].welfare
    assert examiner.most_picked() != ""


def test_the_most_picked_items_have_titles_and_topics(examiner):
    examiner.record(0)
    text = examiner.most_picked(count=2).splitlines()
    catalogue = Catalogue.synthetic(num_users=8, num_items=32)
    assert len(text) == 4
    title, topic, share = (cell.strip() for cell in text[2].strip("|").split("|"))
    assert title in catalogue.titles
    assert topic == catalogue.topic_names[catalogue.topics[catalogue.titles.index(title)]]
    assert 0 < float(share) <= 1


def test_a_foreign_environment_has_returns_and_no_scores():
    examiner = Examiner(build(FOREIGN), episodes=3)
    rows = list(examiner.table())
    assert [(row.name, row.kind) for row in rows] == [("random", "exact"), ("random", "played")]
    assert math.isnan(rows[0].score.value)
    assert examiner.most_picked() == ""
    assert examiner.record(0).values["evaluate/argmax/length"] == 3


def test_a_game_without_a_solution_has_welfare_and_no_scores():
    built = build(replace(RUN, scenario="basic-v0", agent="random"))
    game = Unsolved(**RUN.scenario_constants)
    examiner = Examiner(replace(built, scenario=game), episodes=2)
    assert {row.name for row in examiner.table()} == {"random"}


def test_a_recorded_digest_must_be_that_of_the_catalogue():
    recorded = build(RUN).run
    assert recorded.catalogue_digest
    with pytest.raises(ValueError, match="must be the one of the saved run, with digest 000000"):
        build(replace(recorded, catalogue_digest="0" * 64))
