"""Curves: the interval over worlds, and a picture that shows something."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

from experiments import curves
from experiments.curves import Curve

LEVELS: dict[str, float] = dict.fromkeys(curves.LEVELS, 0.5)


def test_the_interval_of_a_mean_spans_its_central_95_percent() -> None:
    """The mean of two draws from {0, 1} is 0, 1/2, 1 with 1/4, 1/2, 1/4."""
    assert curves.interval(np.array([0.0, 1.0])) == (0, 1)


def test_the_interval_narrows_where_the_worlds_agree() -> None:
    """Ten draws from nine 0 and one 1: P(mean = 0) = .9^10 = .35, P(mean > .3) = .013 < .025."""
    low, high = curves.interval(np.array([0.0] * 9 + [1.0]))
    assert (low, high) == pytest.approx((0, 0.3))


def test_worlds_that_are_equal_leave_no_doubt() -> None:
    assert curves.interval(np.full(4, 0.7)) == pytest.approx((0.7, 0.7))


def test_every_column_has_an_interval_of_its_own() -> None:
    low, high = curves.interval(np.array([[0.0, 2.0], [1.0, 2.0]]))
    assert low.tolist() == [0, 2]
    assert high.tolist() == [1, 2]


def test_the_picture_shows_the_mean_in_the_colour_of_its_contestant(tmp_path: Path) -> None:
    lines = {
        "a": Curve(np.array([0, 100]), np.array([[0.2, 0.6], [0.4, 0.8]])),
        "b": Curve(np.array([0, 100]), np.array([[0.1, 0.1], [0.1, 0.1]])),
    }
    curves.draw(lines, LEVELS, tmp_path / "x.png")
    pixels = (plt.imread(tmp_path / "x.png")[..., :3] * 255).round().astype(int)
    for colour in curves.COLOURS[:2]:
        wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert (np.abs(pixels - wanted).max(axis=-1) < 3).sum() > 200


def test_a_picture_leaves_no_figure_open(tmp_path: Path) -> None:
    lines = {"a": Curve(np.array([0, 100]), np.array([[0.2, 0.6]]))}
    curves.draw(lines, LEVELS, tmp_path / "x.png")
    assert plt.get_fignums() == []
