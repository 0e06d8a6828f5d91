"""A checkpoint is whole, comes back exactly, and is not believed when it is damaged."""

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments import checkpoint

ROOT = Path(__file__).parents[2]
STATE = {
    "weights": {"layer.0": np.arange(6, dtype=np.float32).reshape(2, 3) / 7},
    "rng": {"state": 2**127 + 1, "words": np.array([2**64 - 1], np.uint64)},
    "mask": np.array([True, False]),
    "scalar": np.array(5),
    "nothing": np.zeros((0, 3), np.int64),
    "third": 1 / 3,
    "undefined": math.nan,
    "name": "ippo",
    "none": None,
}


def place(folder, step):
    return folder / "checkpoints" / f"step-{step:012d}"


def test_a_state_comes_back_exactly(tmp_path):
    checkpoint.save(tmp_path, 7, STATE)
    found = checkpoint.load(tmp_path)
    assert found is not None
    assert found.keys() == STATE.keys()
    for path in (("weights", "layer.0"), ("rng", "words")):
        ours, theirs = STATE[path[0]][path[1]], found[path[0]][path[1]]
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        np.testing.assert_array_equal(ours, theirs)
    assert found["nothing"].shape == (0, 3)
    assert found["mask"].tolist() == [True, False]
    assert found["scalar"].shape == ()
    assert (found["rng"]["state"], found["third"]) == (2**127 + 1, 1 / 3)
    assert math.isnan(found["undefined"])
    assert (found["name"], found["none"]) == ("ippo", None)


def test_the_newest_counts_and_the_one_before_is_kept(tmp_path):
    for step in (1, 2, 30):
        checkpoint.save(tmp_path, step, {"step": step})
    assert checkpoint.steps(tmp_path) == [2, 30]
    assert checkpoint.load(tmp_path) == {"step": 30}


def test_a_folder_without_checkpoints_has_none(tmp_path):
    assert checkpoint.load(tmp_path) is None


def test_the_same_step_may_be_saved_again(tmp_path):
    checkpoint.save(tmp_path, 1, {"time": 1.0})
    checkpoint.save(tmp_path, 1, {"time": 2.0})
    assert checkpoint.load(tmp_path) == {"time": 2.0}


def test_what_a_kill_left_half_written_is_no_checkpoint(tmp_path):
    checkpoint.save(tmp_path, 1, {"step": 1})
    for name in (".unfinished", ".dropped"):
        (tmp_path / "checkpoints" / name).mkdir()
        (tmp_path / "checkpoints" / name / "arrays.safetensors").write_bytes(b"half")
    assert checkpoint.load(tmp_path) == {"step": 1}
    checkpoint.save(tmp_path, 2, {"step": 2})
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == [
        "step-000000000001",
        "step-000000000002",
    ]


@pytest.mark.parametrize("name", ["state.json", "arrays.safetensors"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_checkpoint_is_refused_and_the_one_before_is_named(name, harm, tmp_path):
    checkpoint.save(tmp_path, 1, STATE)
    checkpoint.save(tmp_path, 2, STATE)
    path = place(tmp_path, 2) / name
    content = path.read_bytes()
    if harm == "flip":
        middle = content.index(b"ippo") if name == "state.json" else len(content) - 1
        path.write_bytes(content[:middle] + b"j" + content[middle + 1 :])
    elif harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        path.unlink()
    with pytest.raises(checkpoint.Damaged, match=r"step-000000000002 must be as it was written"):
        checkpoint.load(tmp_path)
    with pytest.raises(checkpoint.Damaged, match="goes on from the one of step 1"):
        checkpoint.load(tmp_path)


def test_a_state_that_json_cannot_hold_is_refused_and_nothing_is_left(tmp_path):
    checkpoint.save(tmp_path, 1, {"step": 1})
    with pytest.raises(ValueError, match="must be arrays, numbers"):
        checkpoint.save(tmp_path, 2, {"policy": object()})
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-000000000001"]


FILLS_THE_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from experiments import checkpoint
folder = Path(sys.argv[1])
checkpoint.save(folder, 1, {"step": 1})
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    checkpoint.save(folder, 2, {"x": np.zeros(10_000)})
except OSError as error:
    print(error.strerror)
"""


def test_a_disk_that_takes_no_more_leaves_the_last_checkpoint(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", FILLS_THE_DISK, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "too large" in done.stdout
    assert checkpoint.load(tmp_path) == {"step": 1}
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-000000000001"]
