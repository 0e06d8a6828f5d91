"""Encoders that are watched while they train, killed and resumed."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import checkpoint
from experiments.board_points import points
from experiments.command import BadInput
from experiments.embedding_training import NOTES, Watched
from experiments.lock import only_one
from marec_env.embeddings import ItemKNN
from marec_env.embeddings.sasrec import SASRec
from tests.marec_env.embeddings.worlds import cyclic

SETTINGS = {"size": 8, "max_length": 6, "max_epochs": 6, "patience": 3, "batch_size": 16}
KILLED = """
import os, signal
from pathlib import Path
from experiments import checkpoint
from experiments.embedding_training import Watched
from marec_env.embeddings.sasrec import SASRec
from tests.marec_env.embeddings.worlds import cyclic

save, seen = checkpoint.save, []

def save_or_die(*arguments):  # the curves have a point that no checkpoint knows of
    if len(seen) == {epochs}:
        os.kill(os.getpid(), signal.SIGKILL)
    seen.append(save(*arguments))

checkpoint.save = save_or_die
Watched(SASRec(**{settings}), Path({folder!r})).fit(cyclic())
"""


def place(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def test_vectors_are_those_of_the_encoder_alone(tmp_path):
    plain = SASRec(**SETTINGS).fit(cyclic())
    for folder in (None, tmp_path):
        watched = Watched(SASRec(**SETTINGS), folder)
        assert watched.fit(cyclic()).users.tobytes() == plain.users.tobytes()
        assert watched.fitted is not None


def test_curves_are_on_the_board_and_explained(tmp_path):
    vectors = Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())
    found = points(place(tmp_path))
    assert found.keys() == NOTES.keys()
    ndcg = [value for _, value in found["search/ndcg"]]
    assert ndcg == pytest.approx(list(vectors.record["validation_ndcg"]), abs=1e-5)
    assert [step for step, _ in found["final/loss"]] == list(range(1, vectors.record["epochs"] + 1))
    page = (Path(__file__).parents[2] / "docs" / "embeddings.md").read_text()
    assert re.findall(r"^\| `((?:search|final)/\w+)` \|", page, re.MULTILINE) == list(NOTES)


@pytest.mark.slow
@pytest.mark.parametrize("epochs", [2, 7])
def test_a_killed_training_goes_on_as_if_nothing_had_happened(tmp_path, epochs):
    whole = Watched(SASRec(**SETTINGS), tmp_path / "whole").fit(cyclic())
    cut = tmp_path / "cut"
    code = KILLED.format(epochs=epochs, settings=SETTINGS, folder=str(cut))
    assert subprocess.run([sys.executable, "-c", code]).returncode == -signal.SIGKILL
    assert checkpoint.steps(place(cut))[-1] == epochs
    resumed = Watched(SASRec(**SETTINGS), cut).fit(cyclic())
    assert resumed.users.tobytes() == whole.users.tobytes()
    assert resumed.items.tobytes() == whole.items.tobytes()
    assert points(place(cut)) == points(place(tmp_path / "whole"))


def test_what_is_finished_is_not_trained_again(tmp_path, monkeypatch):
    first = Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())
    monkeypatch.setattr("marec_env.embeddings.neural.training.Training.epoch", None)
    assert Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic()).users.tobytes() == (
        first.users.tobytes()
    )


def test_other_data_and_other_settings_have_folders_of_their_own(tmp_path):
    for settings, seed in ((SETTINGS, 0), (SETTINGS, 1), (SETTINGS | {"seed": 1}, 0)):
        Watched(SASRec(**settings), tmp_path).fit(cyclic(seed=seed))
    assert len(list(tmp_path.iterdir())) == 3


def test_a_damaged_checkpoint_is_one_sentence(tmp_path):
    Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())
    last = max(place(tmp_path).glob("checkpoints/step-*"))
    (last / "arrays.safetensors").write_bytes(b"no")
    with pytest.raises(BadInput, match="must be as it was written"):
        Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())


def test_one_process_trains_at_a_time(tmp_path):
    Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())
    with only_one(place(tmp_path)), pytest.raises(BadInput, match="by another process"):
        Watched(SASRec(**SETTINGS), tmp_path).fit(cyclic())


def test_a_place_without_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="file must be a folder to write in: Not a directory"):
        Watched(SASRec(**SETTINGS), tmp_path / "file").fit(cyclic())


def test_encoders_without_epochs_leave_nothing_behind(tmp_path):
    Watched(ItemKNN(size=4), tmp_path).fit(cyclic())
    assert list(tmp_path.iterdir()) == []
