"""An episode of a run's policy as moving pictures: the first one of an evaluation, sampled play.

A game of ours is seen by its camera (marec_env/rendering), a foreign environment by what it renders
itself in mode rgb_array. The policy is played by a copy of itself, so filming changes nothing.
"""

import io
import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from PIL import Image

from agents.contract import actor_of
from marec_env.arrays import Array
from marec_env.rendering import FPS, Camera
from marec_env.timestep import Timestep

from . import foreign
from .acting import Env, act, look, wants_state
from .build import Built
from .pettingzoo_vec import PettingZooVec

LAST = 2.0  # seconds for which the end stays in sight
COLOURS = 64  # in all frames together: with few that stay the same, little changes between frames
LOOKED_AT = 4  # frames, for their colours


class Film(NamedTuple):
    """An episode that is played while its frames are taken."""

    frames: Iterator[Array]  # of its beginning and of its steps, uint8 [H, W, 3]
    fps: float
    length: int | None  # frames, if everybody stays to the end; None where nobody knows


class _Camera(Protocol):
    """What sees an environment."""

    def begin(self, now: Timestep) -> None: ...
    def follow(self, then: Timestep) -> None: ...
    def render(self) -> Any: ...


def film(built: Built, at_most: int | None = None) -> Film:
    """An episode, not yet played.

    Args:
        built: whose policy plays.
        at_most: so many frames; of a longer episode every second step, or third ... and the last.

    Raises:
        ImportError: if there is no matplotlib to draw a game of ours with.
        ValueError: if a foreign environment has no render mode rgb_array.
    """
    if built.scenario is None:
        env, camera = _foreign(built)
        fps, length = float(camera.metadata.get("render_fps", 10)), None
        return Film(_frames(built, env, camera, 1), fps, length)
    env, camera = built.make_env(num_envs=1), Camera(built.scenario, "rgb_array")
    steps = built.scenario.horizon
    every = 1 if at_most is None else math.ceil(steps / (at_most - 1))
    return Film(_frames(built, env, camera, every), FPS / every, math.ceil(steps / every) + 1)


def gif(frames: Sequence[Array], fps: float) -> bytes:
    """A GIF that repeats itself, the same bytes for the same frames."""
    some = frames[:: -(-len(frames) // LOOKED_AT)]
    palette = Image.fromarray(np.concatenate(some)).quantize(COLOURS)
    plain = Image.Dither.NONE
    first, *others = (Image.fromarray(f).quantize(palette=palette, dither=plain) for f in frames)
    shown = [1000 / fps] * len(others) + [1000 * LAST]  # milliseconds
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=others, duration=shown, loop=0)
    return file.getvalue()


def _frames(built: Built, env: Env, camera: _Camera, every: int) -> Iterator[Array]:
    player = actor_of(built.policy)
    now = env.reset(built.run.evaluation_seed)
    camera.begin(now)
    yield _checked(camera.render())
    for t in itertools.count(1):
        now = env.step(act(player, look(now, player), explore=True))
        camera.follow(now)
        if t % every == 0 or now.start[0]:
            yield _checked(camera.render())
        if now.start[0]:
            return


def _checked(frame: Any) -> Array:
    """A foreign environment may render what it likes."""
    found = np.asarray(frame)
    if found.dtype != np.uint8 or found.ndim != 3 or found.shape[2] != 3:
        raise ValueError(
            f"a frame must be uint8 [H, W, 3], got {found.dtype} of shape {found.shape}"
        )
    return found


class _Filmed:
    """A foreign environment whose picture is taken at each step, before anybody resets it."""

    def __init__(self, env: Any):
        self._env = env
        self._frame: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)

    def begin(self, now: Timestep) -> None:
        self._frame = self._env.render()

    def step(self, actions: dict[str, Any]) -> Any:
        told = self._env.step(actions)
        self._frame = self._env.render()
        return told

    def follow(self, then: Timestep) -> None:
        """Its picture has been taken."""

    def render(self) -> Any:
        return self._frame


def _foreign(built: Built) -> tuple[Env, _Filmed]:
    """A copy of the environment of `built`, and the same again as its camera."""
    run = built.run
    constants = run.env_constants | {"render_mode": "rgb_array"}
    copy = _Filmed(foreign.factory(str(run.env), constants)())
    with_state = wants_state(built.policy)
    return PettingZooVec(lambda: copy, num_envs=1, with_state=with_state), copy
