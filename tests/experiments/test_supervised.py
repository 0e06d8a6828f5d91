"""The plain rating model: what it prints, and that it learns what can be learnt."""

import re

import numpy as np
import pytest

from experiments import supervised
from experiments.command import BadInput
from marec_env.datasets import load


@pytest.fixture
def table(tmp_path):
    """Two kinds of users and of items: 5 stars where the kinds agree, 1 where they do not."""
    lines = ["user,item,rating"]
    for user in range(40):
        lines += [f"u{user},i{item},{5 if (user + item) % 2 == 0 else 1}" for item in range(30)]
    path = tmp_path / "kinds.csv"
    path.write_text("\n".join(lines))
    return path


def accuracies(printed):
    return [float(x) for x in re.findall(r"accuracy ([.\d]+)\n", printed)]


def test_a_prediction_within_the_tolerance_is_right(table):
    held_out = load(table).take(np.array([0, 1]))  # 5 stars and 1 star
    fit = supervised.judge(np.array([4.5, 1.75]), held_out, tolerance=0.5)
    assert fit.accuracy == 0.5
    assert fit.loss == pytest.approx((0.25 + 0.5625) / 2)


def test_taste_is_learnt_where_biases_say_nothing(table, capsys):
    words = ["--dataset", str(table), "--epochs", "12", "--batch-size", "16"]
    words += ["--learning-rate", "0.01"]
    assert supervised.main(words) == 0
    printed = capsys.readouterr().out
    assert len(re.findall(r"^epoch", printed, re.MULTILINE)) == 12
    mean, bias, network = accuracies(printed)[-3:]
    assert mean == bias == 0
    assert network > 0.9


def test_the_same_command_prints_the_same(table, capsys):
    words = ["--dataset", str(table), "--epochs", "2"]
    supervised.main(words)
    first = capsys.readouterr().out
    supervised.main(words)
    assert capsys.readouterr().out == first


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--epochs", "0"], "--epochs must be > 0, got 0"),
        (["--tolerance", "-1"], "--tolerance must be >= 0"),
        (["--dataset", "no-such-file.csv"], "no-such-file.csv"),
    ],
)
def test_bad_input_is_one_sentence(words, reason):
    with pytest.raises(BadInput, match=reason):
        supervised.main(words)
