"""What TensorBoard is told: charts for every tag, the same columns for every run."""

import re

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments import board_hparams, board_layout
from experiments.board import Board
from experiments.run import FOREIGN, Run
from experiments.scores import WAYS
from experiments.tags import (
    HOW,
    LEARNER,
    METRIC_GROUPS,
    METRICS,
    SCENARIO_GROUPS,
    TAGS,
    explanation,
)

IPPO = Run(agent="ippo").complete()
IQL = Run(agent="iql", objective="independent").complete()
SPREAD = Run(**FOREIGN, env="mpe2.simple_spread_v3", env_constants={"N": 2}).complete()
OURS, THEIRS = board_layout.charts("ecommerce-v0"), board_layout.charts(None)


def showing(layout, tag):
    """Group and chart of each chart that shows a tag."""
    return [
        (group, title)
        for group, charts in layout.items()
        for title, (_, patterns) in charts.items()
        if any(re.match(pattern, tag) for pattern in patterns)
    ]


def test_every_metric_of_our_games_has_one_chart_with_both_ways_to_play():
    for group, metrics in METRIC_GROUPS.items():
        for metric in metrics:
            for way in HOW:
                assert showing(OURS, f"evaluate/{way}/{metric}") == [(group, metric)]


def test_users_held_out_are_shown_beside_the_others():
    assert showing(OURS, "held_out/sampled/score") == [("score", "score")]
    assert showing(OURS, "held_out/argmax/gini") == [("fairness", "gini")]


def test_what_a_scenario_alone_says_has_charts_where_it_is_played():
    for scenario, metrics in SCENARIO_GROUPS.items():
        charts = board_layout.charts(scenario)
        for metric in metrics:
            assert showing(charts, f"evaluate/sampled/{metric}") == [(scenario, metric)]
            assert showing(OURS, f"evaluate/sampled/{metric}") == []


def test_foreign_environments_have_charts_of_what_they_report_only():
    assert showing(THEIRS, "evaluate/argmax/return") == [("episode", "return")]
    assert showing(THEIRS, "evaluate/argmax/welfare") == [("welfare", "welfare")]
    assert not {"score", "fairness", "diversity", "congestion"} & set(THEIRS)


@pytest.mark.parametrize("name", [*LEARNER, "loss_of_a_plug_in", "q_of_a_plug_in"])
def test_everything_that_a_learner_reports_has_one_chart(name):
    ((group, chart),) = showing(OURS, f"learner/{name}")
    assert group == "learner"
    assert (chart == "others") == (name not in LEARNER)


def test_the_score_comes_first():
    assert next(iter(OURS)) == "score"


def test_the_ways_to_play_are_those_that_are_evaluated():
    assert list(HOW) == list(WAYS)


def test_explanations_say_by_themselves_what_a_tag_is():
    assert (
        explanation("final/sampled/gini") == f"final evaluation, sampled actions: {METRICS['gini']}"
    )
    assert not [tag for tag, text in TAGS.items() if "the same" in text]


def test_whichever_run_gives_the_columns_every_run_finds_its_constants():
    for giver in (IPPO, IQL, SPREAD):
        columns = board_hparams.columns(giver)
        for run in (IPPO, IQL):
            assert set(board_hparams.told(run)) <= set(columns)


def test_whichever_run_gives_the_columns_the_metrics_are_the_same_with_the_score_first():
    ours, theirs = (board_hparams.metric_columns(tags) for tags in (
        ["final/argmax/welfare", "final/argmax/score"], ["final/argmax/return"]))  # fmt: skip
    assert list(ours.items()) == list(theirs.items())
    assert list(ours.values())[:3] == ["score (argmax)", "score (sampled)", "welfare (argmax)"]


def test_a_metric_of_a_plug_in_is_the_last_column():
    *_, last = board_hparams.metric_columns(["final/argmax/fashion"]).values()
    assert last == "fashion (argmax)"


def test_what_was_set_is_shown_from_the_start_and_defaults_are_not():
    run = Run(agent_constants={"clip": 0.3}, scenario_constants={"horizon": 20}).complete()
    shown = {name for name, column in board_hparams.columns(run).items() if column.is_shown}
    assert shown == {"agent", "agent.clip", "objective", "scenario", "seed", "steps"}


def test_constants_keep_their_types_and_none_is_a_text():
    told = board_hparams.told(IPPO)
    assert told["scenario.shows_items"] is True
    assert told["num_envs"] == 64
    assert told["env"] == "none"
    assert board_hparams.told(SPREAD)["env.N"] == 2


def test_two_boards_of_one_moment_have_files_of_their_own_read_in_their_order(tmp_path):
    first, second = Board(tmp_path, IPPO, is_new=True), Board(tmp_path, IPPO, is_new=False)
    second.text("note", "later", 2)
    first.text("note", "sooner", 1)
    for board in (first, second):
        board.close()
    assert len(list(tmp_path.iterdir())) == 2
    texts = EventAccumulator(str(tmp_path)).Reload().Tensors("note/text_summary")
    assert [text.step for text in texts] == [1, 2]


def test_an_empty_text_is_not_shown(tmp_path):
    board = Board(tmp_path, IPPO, is_new=False)
    board.text("most picked items", "")
    board.close()
    assert EventAccumulator(str(tmp_path)).Reload().Tags()["tensors"] == []
