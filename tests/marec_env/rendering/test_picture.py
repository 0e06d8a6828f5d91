"""Pictures say the same of the same scene, and something else of another."""

import builtins
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from marec_env import Catalogue
from marec_env.rendering import picture
from marec_env.rendering.map import letters, marks_of
from marec_env.rendering.standings import round_up
from tests.marec_env.leaving import Leaving
from tests.marec_env.rendering.scenes import NAMED, PLAIN, after

MANY = Catalogue.synthetic(seed=0, num_users=80, num_items=90, embedding_size=4)


def words(scene):
    """Everything written in a picture."""
    figure = Figure(figsize=picture.SIZE)
    picture.draw(figure, scene)
    return [text.get_text() for text in figure.texts]


def at(image, place):
    """The pixel at a place in inches."""
    x, y = (round(picture.DPI * float(length)) for length in place)
    return image[image.shape[0] - y, x]


@pytest.mark.parametrize("scenario", ["basic-v0", "ecommerce-v0", Leaving])
@pytest.mark.parametrize("steps", [0, 2])
def test_a_picture_is_an_array_of_bytes_the_same_each_time(scenario, steps):
    image, again = (picture.rgb_array(after(steps, scenario)) for _ in range(2))
    assert image.dtype == np.uint8
    assert image.shape == (675, 1200, 3)
    np.testing.assert_array_equal(image, again)


def test_a_style_that_somebody_has_set_changes_nothing():
    scene = after(1)
    expected = picture.rgb_array(scene)
    with mpl.rc_context({"font.size": 30, "savefig.facecolor": "red", "text.color": "red"}):
        np.testing.assert_array_equal(picture.rgb_array(scene), expected)
        assert mpl.rcParams["font.size"] == 30


def test_an_item_is_as_full_as_there_is_left_of_it():
    scene = after(1)
    assert scene.level is not None
    place, size = marks_of(scene).items[3], marks_of(scene).size
    pixels = {}
    for level in (0.0, 0.5, 1.0):
        image = picture.rgb_array(scene._replace(level=np.full(len(scene.level), level)))
        pixels[level] = [at(image, place + size * np.array([0.4, h])) for h in (-0.3, 0.3)]
    is_white = {level: [bool((p == 255).all()) for p in found] for level, found in pixels.items()}
    assert is_white == {0.0: [True, True], 0.5: [False, True], 1.0: [False, False]}


def test_what_is_left_is_the_share_of_the_stock():
    full, later = after(0), after(2)
    assert full.level is not None
    assert later.level is not None
    assert set(full.level.tolist()) <= {0.0, 1.0}  # some begin with no unit at all
    assert (later.level < full.level).any()


def test_who_has_left_is_faint():
    scene = after(1)
    alive = np.arange(5) != 2
    image = picture.rgb_array(scene._replace(alive=alive))
    edges = marks_of(scene).users - np.array([0.4 * marks_of(scene).size, 0])
    ink = [int(at(image, edge)[0]) for edge in edges]
    assert ink[2] > 150
    assert max(ink[:2] + ink[3:]) < 60
    assert "user who left" in words(scene._replace(alive=alive))


def test_who_leaves_is_seen_to_have_left_at_once():
    scene = after(1, Leaving, num_exits=12)
    assert not scene.alive.any()
    assert "5 of 5 have left" in words(scene)[0]


def test_refused_picks_are_marked_and_explained():
    scene = after(1)
    served, refused = (scene._replace(served=np.full(5, is_served)) for is_served in (True, False))
    assert (picture.rgb_array(served) != picture.rgb_array(refused)).any()
    assert "refused pick" in words(refused)
    assert "refused pick" not in words(after(1, "basic-v0"))


def test_the_heading_says_the_game_the_time_and_the_mean_payoff():
    scene = after(2)._replace(returns=np.array([1.0, 2, 3, 4, 5]))
    assert words(scene)[0] == "ecommerce-v0, step 2 of 5: payoff 3.00 a user so far"


def test_picked_items_are_named_by_their_letters_and_titles():
    scene = after(1, "basic-v0", catalogue=NAMED)
    slot = int(scene.picks[0])
    assert slot >= 0
    assert f"{letters(slot)}  {scene.titles[slot]}" in words(scene)


def test_items_without_titles_have_numbers():
    assert any("  item " in text for text in words(after(1, "basic-v0", catalogue=PLAIN)))


def test_topics_are_explained_unless_they_are_too_many_to_be_told_apart():
    assert {"topic Drama", "topic Comedy"} <= set(words(after(0, catalogue=NAMED)))
    for num_topics, is_told in ((6, True), (7, False)):
        names = tuple(f"topic {i}" for i in range(num_topics))
        scene = after(1, Leaving, catalogue=replace(NAMED, topic_names=names))
        texts = set(words(scene._replace(can_refuse=True, alive=np.zeros(5, bool))))
        assert (set(names) <= texts) == is_told
        assert "user who left" in texts


def test_of_more_users_the_first_64_are_shown_and_that_is_said():
    scene = after(1, "basic-v0", catalogue=MANY, num_agents=70)
    assert words(scene)[0].startswith("the first 64 of 70 users, basic-v0")
    assert len(marks_of(scene).users) == 64


def test_of_more_items_those_that_are_picked_have_names():
    scene = after(1, "basic-v0", catalogue=MANY, pool_size=90)
    assert len(marks_of(scene).slots) == len(set(scene.picks.tolist()))
    assert picture.rgb_array(scene).shape == (675, 1200, 3)


def test_titles_are_no_formulas_and_need_no_font():
    odd = replace(NAMED, titles=("$x^ 電影",) * 30)
    picture.rgb_array(after(1, "basic-v0", catalogue=odd))


def test_slots_are_called_as_columns_of_a_sheet_are():
    assert [letters(slot) for slot in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize(("value", "scale"), [(0, 1), (0.3, 1), (1.2, 2), (4, 5), (12, 20)])
def test_bars_have_one_of_few_scales(value, scale):
    assert round_up(value) == scale


def test_without_matplotlib_one_sentence_names_the_extra(monkeypatch):
    found = builtins.__import__

    def lacking(name, *rest):
        if name == "matplotlib":
            raise ModuleNotFoundError(name)
        return found(name, *rest)

    scene = after(0)
    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(ImportError, match=r"matplotlib must be installed .*marec-env\[render\]"):
        picture.rgb_array(scene)
