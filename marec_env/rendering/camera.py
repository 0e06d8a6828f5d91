"""Follows one environment from time step to time step, and shows its last moment."""

from typing import Any

import numpy as np

from ..arrays import Array
from ..scenario import Scenario
from ..timestep import Timestep
from . import ansi, picture
from .plane import Plane
from .scene import Scene, plane_of, scene_of
from .window import Window

MODES = ("rgb_array", "human", "ansi")
FPS = 2  # scenes a second


class Camera:
    """Sees all that is shown of an environment; a picture is made on request only.

    A window shows each moment as it comes. Of several copies the first one is followed. Where an
    episode has ended, its last step stays in sight until the next one begins.
    """

    def __init__(self, scenario: Scenario, mode: str):
        """Checks whether `mode`, one of MODES, is possible here.

        Raises:
            ImportError: if it needs matplotlib, and that is not installed.
        """
        self._scenario, self._mode = scenario, mode
        self._window = Window(1 / FPS) if mode == "human" else None
        if mode == "rgb_array":
            picture.library()
        self._plane: Plane
        self._found: Any = None  # the state in which the agents picked last
        self._then: Timestep | None = None  # what came of it
        self._now: Any = None  # the state in which they pick next
        self._returns: Array

    def begin(self, now: Timestep) -> None:
        """An episode begins with `now`."""
        self._now, self._found, self._then = now.truth.state, now.truth.state, None
        self._returns = np.zeros(now.payoff.shape[1])
        self._plane = plane_of(self._scenario, self._now)
        self._show()

    def follow(self, then: Timestep) -> None:
        """A step led to `then`."""
        self._found, self._then, self._now = self._now, then, then.truth.state
        self._returns = self._returns + then.payoff[0]
        self._show()

    def render(self) -> Array | str | None:
        """A picture uint8 [H, W, 3], or a text; None in mode human, whose window shows it already.

        Raises:
            RuntimeError: before the first episode.
        """
        if self._now is None:
            raise RuntimeError("call reset first: there is nothing to show yet")
        if self._window is not None:
            return None
        scene = self._scene()
        return ansi.text(scene) if self._mode == "ansi" else picture.rgb_array(scene)

    def close(self) -> None:
        """Closes the window, if there is one."""
        if self._window is not None:
            self._window.close()

    def _show(self) -> None:
        if self._window is not None:
            self._window.show(self._scene())

    def _scene(self) -> Scene:
        return scene_of(self._scenario, self._plane, self._found, self._then, self._returns)
