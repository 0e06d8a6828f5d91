"""An episode of a run's policy as moving pictures, by the command line and in TensorBoard."""

import io
import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from experiments import curves, evaluate, film, survival, train
from experiments.build import build
from experiments.command import BadInput, Unplayable
from experiments.run import FOREIGN, Run
from marec_env.rendering import canvas

GAME: dict[str, Any] = {"num_agents": 3, "horizon": 5, "pool_size": 6, "slate_size": 3}
RANDOM = Run(agent="random", scenario_constants=GAME)
FLAGS = [word for name, value in GAME.items()
         for word in (f"--scenario.{name.replace('_', '-')}", str(value))]  # fmt: skip
OF_RANDOM = ["--agent", "random", "--episodes", "2"]
SPREAD = "mpe2.simple_spread_v3"


def shown(path: Path) -> Any:
    """A picture in a file, of one frame or more."""
    return Image.open(io.BytesIO(path.read_bytes()))


def durations(gif: bytes) -> list[float]:
    """Milliseconds of each frame."""
    image: Any = Image.open(io.BytesIO(gif))
    found = []
    for number in range(image.n_frames):
        image.seek(number)
        found.append(image.info["duration"])
    return found


@pytest.fixture(scope="module")
def whole():
    """All frames of an episode."""
    return list(film.film(build(RANDOM)).frames)


def test_a_film_has_the_beginning_and_every_step(whole):
    assert len(whole) == film.film(build(RANDOM)).length == 6
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(whole))


def test_a_film_of_a_run_is_the_same_each_time(whole):
    again = list(film.film(build(RANDOM)).frames)
    assert film.gif(whole, 2) == film.gif(again, 2)


@pytest.mark.parametrize(("at_most", "num_frames"), [(4, 4), (2, 2)])
def test_a_long_film_is_thinned_out_and_keeps_its_end(at_most, num_frames, whole):
    thin = film.film(build(RANDOM), at_most)
    frames = list(thin.frames)
    assert len(frames) == thin.length == num_frames
    np.testing.assert_array_equal(frames[-1], whole[-1])


def test_a_gif_lasts_as_long_as_it_was_told_and_its_end_stays():
    frames = [np.full((20, 30, 3), shade, np.uint8) for shade in (0, 100, 200)]
    assert durations(film.gif(frames, fps=4)) == [250, 250, 2000]


def test_evaluate_films_an_episode(tmp_path, capsys):
    path = tmp_path / "episode.gif"
    assert evaluate.main([*OF_RANDOM, *FLAGS, "--video", str(path)]) == 0
    assert shown(path).format == "GIF"
    assert shown(path).n_frames == 6
    assert f"film in {path}" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [path]


def test_a_long_episode_has_no_more_frames_than_fit(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(evaluate, "FRAMES", 4)
    path = tmp_path / "episode.gif"
    assert evaluate.main([*OF_RANDOM, *FLAGS, "--video", str(path)]) == 0
    assert shown(path).n_frames == 4
    assert sum(durations(path.read_bytes())) == pytest.approx(3 * 1000 + 2000)  # as long as ever
    capsys.readouterr()


def test_filming_changes_no_score(tmp_path, capsys):
    tables = []
    for video in ([], ["--video", str(tmp_path / "episode.gif")]):
        assert evaluate.main([*OF_RANDOM, *FLAGS, *video]) == 0
        tables.append(capsys.readouterr().out.partition("score:")[0])
    assert tables[0] == tables[1]


def test_a_foreign_environment_is_filmed_by_its_own_pictures(tmp_path):
    path = tmp_path / "episode.gif"
    constants = ["--env", SPREAD, "--env-constants", "max_cycles=4"]
    assert evaluate.main([*OF_RANDOM, *constants, "--video", str(path)]) == 0
    assert shown(path).size == (700, 700)
    assert sum(durations(path.read_bytes())) == 4 * 100 + 2000  # equal frames have become one


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("a.mp4", "--video must end in .gif, got .*a.mp4"),
     ("nowhere/a.gif", "--video must be in a folder that exists, got .*nowhere/a.gif")],
)  # fmt: skip
def test_a_film_that_cannot_be_kept_is_refused_before_anybody_plays(name, sentence, tmp_path):
    with pytest.raises(BadInput, match=sentence):
        evaluate.main([*OF_RANDOM, *FLAGS, "--video", str(tmp_path / name)])


def test_without_matplotlib_the_film_is_refused_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(BadInput, match="--video cannot be made: matplotlib must be installed"):
        evaluate.main([*OF_RANDOM, *FLAGS, "--video", str(tmp_path / "a.gif")])


BLIND = """
from mpe2 import simple_spread_v3
def env(render_mode=None):
    {body}
"""


@pytest.mark.parametrize(
    ("body", "error", "sentence"),
    [
        ("if render_mode: raise ValueError('no pictures')\n    return "
         "simple_spread_v3.parallel_env()", BadInput, "--video cannot be made: .*no pictures"),
        ("return simple_spread_v3.parallel_env(max_cycles=2)", Unplayable,
         "a frame must be uint8 .*, got object"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:.*render.* without specifying any render mode")
def test_a_foreign_environment_without_pictures_is_one_sentence(body, error, sentence, tmp_path):
    (tmp_path / "blind.py").write_text(BLIND.format(body=body))
    flags = ["--env", f"{tmp_path / 'blind.py'}:env", "--video", str(tmp_path / "a.gif")]
    with pytest.raises(error, match=sentence):
        evaluate.main([*OF_RANDOM, *flags])
    assert not (tmp_path / "a.gif").exists()


def test_a_foreign_film_has_no_length_in_advance():
    run = Run(**FOREIGN, agent="random", env=SPREAD, env_constants={"max_cycles": 2})
    assert film.film(build(run)).length is None


def test_a_topic_has_one_colour_in_all_pictures():
    assert canvas.TOPICS == curves.COLOURS


def test_a_training_ends_with_a_film_and_its_last_picture(tmp_path):
    run = survival.case("linucb", steps=80, evaluate_every=80, checkpoint_every=80)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text(run.to_json())
    assert train.main(["--quiet", "--resume", str(tmp_path / "run")]) == 0
    board = EventAccumulator(str(tmp_path / "run"), size_guidance={"images": 0}).Reload()
    (moving,), (still,) = (board.Images(f"final/{name}") for name in ("episode", "last_step"))
    image: Any = Image.open(io.BytesIO(moving.encoded_image_string))
    assert (image.format, image.n_frames) == ("GIF", 1 + survival.GAME["horizon"])
    assert (moving.width, moving.height) == (still.width, still.height) == image.size
    assert moving.step == 80
