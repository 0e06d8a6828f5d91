"""The mode for people: a window where there can be one, one sentence where not."""

import gymnasium
import pytest
from matplotlib import pyplot as plt

from marec_env.rendering.window import Window
from tests.marec_env.rendering import windows
from tests.marec_env.rendering.scenes import after, make, played


@pytest.fixture
def told(monkeypatch):
    """The warnings that were given."""
    messages = []
    monkeypatch.setattr(gymnasium.logger, "warn", messages.append)
    return messages


@pytest.fixture
def screen():
    """What the windows of a backend that opens some have done."""
    before = plt.get_backend()
    plt.switch_backend(f"module://{windows.__name__}")
    yield windows
    plt.switch_backend(before)
    windows.waited.clear()
    windows.shown.clear()


def test_without_a_display_one_warning_says_so_and_the_game_goes_on(told):
    plt.switch_backend("agg")
    env = make("human")
    assert played(env, 2)
    assert env.render() is None
    (message,) = told
    assert "needs a display and a matplotlib backend that opens windows, got backend" in message


def test_a_backend_that_cannot_be_loaded_is_told_with_its_reason(told, monkeypatch):
    def fails(**_):
        raise ImportError("Cannot load backend 'TkAgg'")

    monkeypatch.setattr(plt, "figure", fails)
    Window(1).show(after(0))
    assert "got Cannot load backend 'TkAgg': nothing is shown" in told[0]


def test_a_window_shows_every_moment_and_closes(screen, told):
    env = make("human")
    played(env, 2)
    assert screen.waited == [0.5] * 3  # the beginning and two steps
    assert len(screen.shown) == 1
    env.close()
    assert not plt.get_fignums()
    assert not told


def test_a_window_that_was_closed_opens_again(screen):
    window = Window(0)
    window.show(after(0))
    plt.close("all")
    window.show(after(1))
    assert len(screen.shown) == 2
    window.close()
